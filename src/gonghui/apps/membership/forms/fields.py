"""Fields that several forms share: a day, an organisation or person picked from a search, an uploaded document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.org.choices import OrganisationKind
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.refusal import Refusal

from .. import queries

TYPED = "_q"
MOST_BYTES = 20 * 1024 * 1024
DOCUMENT_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ofd": "application/ofd",
}


@dataclass(frozen=True)
class Option:
    """One thing that can be picked; `note` tells it from another of the same name."""

    value: int
    name: str
    note: str = ""
    personal: bool = False


def organisation_options(found: Iterable[Organisation | PublicOrganisation]) -> list[Option]:
    """Each with its kind and the body above it, which tells 工会小组 of the same name apart."""
    rows = list(found)
    above = queries.parent_names(rows)
    return [
        Option(
            one.pk,
            one.name,
            "·".join(filter(None, (OrganisationKind(one.kind).label, above.get(one.parent_id or 0)))),
        )
        for one in rows
    ]


def person_options(found: Iterable[Person]) -> list[Option]:
    return [
        Option(one.pk, one.name, "·".join(filter(None, (one.id_mask, one.phone_mask))), personal=True) for one in found
    ]


class PickWidget(forms.Widget):
    """A search box with the matches below it as radio buttons; works by submitting when there is no script."""

    template_name = "membership/widgets/pick.html"

    def __init__(
        self, url: str, *, personal: bool = False, placeholder: str = "", attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.url, self.personal, self.placeholder = url, personal, placeholder
        self.options: list[Option] = []
        self.typed = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.typed = (data.get(name + TYPED) or "").strip()[:80]
        return (data.get(name) or "", self.typed)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and name + TYPED not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = value[0] if isinstance(value, tuple) else value
        context = super().get_context(name, None, attrs)
        context |= {
            "name": name,
            "url": f"{self.url}{'&' if '?' in self.url else '?'}field={name}",
            "personal": self.personal,
            "placeholder": self.placeholder,
            "typed": self.typed,
            "options": self.options,
            "chosen": str(chosen or ""),
        }
        return context


class PickField(forms.Field):
    """A record picked from a search. `find(pk)` gives the record, `search(text)` the matches."""

    widget: PickWidget
    default_error_messages = {"required": "还没有选择，先查找再从结果里选一个"}

    def __init__(
        self,
        *,
        widget: PickWidget,
        find: Callable[[int], Any],
        search: Callable[[str], Iterable[Any]],
        options: Callable[[Iterable[Any]], list[Option]],
        suggested: Iterable[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(widget=widget, **kwargs)
        self.find, self.search, self.options = find, search, options
        self.widget.options = options(suggested)

    def show(self, found: Any) -> None:
        """Offer this record, chosen before the form was sent."""
        if found.pk not in {one.value for one in self.widget.options}:
            self.widget.options = [*self.options([found]), *self.widget.options]

    def clean(self, value: Any) -> Any:
        picked, typed = value if isinstance(value, tuple) else (value, "")
        if picked:
            return self._picked(str(picked))
        if not typed:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"])
            return None
        matches = list(self.search(typed))
        self.widget.options = self.options(matches)
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise forms.ValidationError(
                f"没有找到“{typed}”，换一个写法再找" if not self.widget.personal else "没有找到，换一个写法再找"
            )
        raise forms.ValidationError(f"找到{len(matches)}个，从下面选一个")

    def _picked(self, picked: str) -> Any:
        try:
            found = self.find(int(picked))
        except (ValueError, Refusal):
            found = None
        if found is None:
            raise forms.ValidationError("选的这一项已不在当前岗位的范围内，重新查找")
        self.show(found)
        return found

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)


class DayField(forms.DateField):
    """A day, by default today."""

    def __init__(self, *, today: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        if today:
            kwargs.setdefault("initial", timezone.localdate)
        super().__init__(**kwargs)


class ReasonField(forms.CharField):
    """Why something is done; it goes on the trail."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "原因")
        kwargs.setdefault("max_length", 300)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)


class DocumentField(forms.FileField):
    """The decision on paper."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "批复文件")
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", "PDF、OFD、Word或照片，不超过20 MB")
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(DOCUMENT_TYPES)}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found:
            suffix = "." + found.name.rpartition(".")[2].lower()
            if suffix not in DOCUMENT_TYPES:
                raise forms.ValidationError("这种文件不能作批复文件，换成PDF、OFD、Word或照片")
            if found.size > MOST_BYTES:
                raise forms.ValidationError(f"文件有{found.size / 1024 / 1024:.1f} MB，不超过20 MB")
            found.content_type = DOCUMENT_TYPES[suffix]
        return found


def day_or_none(text: str | None) -> dt.date | None:
    """A day from an address, or None when it is no day."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the field it speaks of."""
    words = refusal.message if not refusal.hint else f"{refusal.message}。{refusal.hint}"
    form.add_error(refusal.field if refusal.field in form.fields else None, words)
