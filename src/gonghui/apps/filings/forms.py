"""What staff fill in about forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.figures.rules.periods import Period, around, read
from gonghui.kernel.refusal import Refusal

from .books.receiving import LARGEST
from .choices import ASKED_ROLES, Back, Fillers, Kind, Rhythm, Said
from .rules.mapping import Mapped

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROLES = [("", "填报人"), *((one.value, one.label) for one in ASKED_ROLES)]


class ReceiveForm(forms.Form):
    file = forms.FileField(label="表样文件", help_text="对方发来的xlsx，原样上传，不超过10MB")
    title = forms.CharField(label="名称", max_length=80)
    demanded_by = forms.CharField(label="要求报送的单位", max_length=80, help_text="例如“省总工会组织部”“县统计局”")
    rhythm = forms.ChoiceField(label="频次", choices=Rhythm.choices, initial=Rhythm.QUARTER)
    fillers = forms.ChoiceField(label="谁填报", choices=Fillers.choices, help_text="下级也填的，启用后列在下级的待办里")
    due_days = forms.IntegerField(label="期末后几天内报", min_value=0, max_value=365, initial=10)
    tolerance = forms.IntegerField(
        label="变动超过百分之几要说明", min_value=0, max_value=1000, initial=30, help_text="和上一次报的比；填0不检查"
    )
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                f"文件有{file.size // 1_000_000}MB，超过{LARGEST // 1_000_000}MB，不像一份报表，删掉图片再上传"
            )
        return file


class CellForm(forms.Form):
    """What one cell means. Which of the fields count is decided by the first; the others may stay as they are."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    cell = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="填什么", choices=Kind.choices, widget=forms.RadioSelect)
    figure = forms.ChoiceField(label="数字", required=False)
    label = forms.CharField(
        label="哪个单位",
        max_length=8,
        required=False,
        help_text="空着是本单位；写单位名称所在的格，例如A6，就统计或者问那个下级单位",
    )
    back = forms.ChoiceField(label="哪一期", choices=Back.choices, required=False)
    per = forms.TypedChoiceField(
        label="计数单位", choices=[(1, "原单位"), (10000, "以万计")], coerce=int, required=False
    )
    said = forms.ChoiceField(label="文字", choices=[("", "—"), *Said.choices], required=False)
    nth = forms.IntegerField(label="第几个下级单位", min_value=0, max_value=500, required=False)
    title = forms.CharField(
        label="问什么",
        max_length=80,
        required=False,
        help_text="同一期里事项和单位都相同的，只问一次，别的报表也用它的答复",
    )
    unit = forms.CharField(label="计量单位", max_length=12, required=False)
    number = forms.BooleanField(label="答复是数", required=False, initial=True)
    role = forms.ChoiceField(label="问谁", required=False, choices=ROLES)
    below = forms.BooleanField(label="问各下级单位，逐级相加", required=False)
    whole = forms.CharField(label="不能大于", max_length=8, required=False, help_text="其中项写总数所在的格，例如C6")
    parts = forms.CharField(label="应等于相加", max_length=24, required=False, help_text="写区域，例如C7:C19")

    def __init__(self, *args: Any, figures: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = [("", "—"), *figures]  # type: ignore[attr-defined]

    def mapped(self) -> dict[str, Any]:
        """The slots of the kind that was chosen; what belongs to another kind is left out."""
        data = self.cleaned_data
        slots = {
            Kind.FIGURE: ("figure", "label", "back", "per", "whole", "parts"),
            Kind.TEXT: ("said", "nth"),
            Kind.ASKED: ("title", "unit", "number", "role", "below", "label", "back", "whole", "parts"),
        }[Kind(data["kind"])]
        found = {name: data[name] for name in slots if data[name] not in (None, "")}
        for name in ("label", "whole", "parts"):
            if name in found:
                found[name] = str(found[name]).upper().replace("：", ":").replace(" ", "")
        return {"sheet": data["sheet"], "cell": data["cell"], "kind": data["kind"], **found}

    @staticmethod
    def initial_of(one: Mapped) -> dict[str, Any]:
        return one.model_dump(mode="json")


def _read(text: str) -> Period:
    try:
        return read(text.strip())
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from refusal


class BeginForm(forms.Form):
    template = forms.ChoiceField(label="表样")
    period = forms.CharField(
        label="报告期", max_length=24, help_text="例如2026（全年）、2026H1（上半年）、2026Q2（第二季度）、2026-05"
    )
    due_on = forms.DateField(label="截止日期", required=False, widget=DATE, help_text="不填就按表样规定的期限")

    def __init__(self, *args: Any, templates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = templates  # type: ignore[attr-defined]
        self.fields["period"].initial = around(timezone.localdate(), "quarter").before().key

    def clean_period(self) -> Period:
        return _read(str(self.cleaned_data["period"]))


class AskForm(forms.Form):
    due_on = forms.DateField(label="答复截止", widget=DATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=5)


class AnswerForm(forms.Form):
    number = forms.DecimalField(label="答复", max_digits=17, decimal_places=4)
    text = forms.CharField(label="答复", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, numeric: bool, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text" if numeric else "number"]
        if numeric:
            self.fields["number"].label = f"答复（{unit}）" if unit else "答复"
            self.fields["number"].help_text = "没有发生就填0"


class CloseForm(forms.Form):
    reason = forms.CharField(label="不再问的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class RedirectForm(forms.Form):
    role = forms.ChoiceField(label="改由谁答复", required=False, choices=ROLES)


class ReopenForm(forms.Form):
    note = forms.CharField(label="退回的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label="重新报送截止", widget=DATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=5)


class NoteForm(forms.Form):
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
