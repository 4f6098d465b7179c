"""For whom an offer is, as a form of one line for each thing that may be asked of a member."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.flat_conditions import from_condition, to_condition
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.quotas import audience


def unions_named(text: str, within: str) -> tuple[list[int], list[str]]:
    """Numbers of the unions below a path whose full names stand one a line, and the names that nobody has."""
    names = [line.strip() for line in text.splitlines() if line.strip()]
    rows = PublicOrganisation.objects.filter(name__in=names, state="active", path__gte=within, path__lt=within + "~")
    known = {row.name: row.pk for row in rows}
    return [known[name] for name in names if name in known], [name for name in names if name not in known]


def names_of(ids: list[int]) -> str:
    return "\n".join(PublicOrganisation.objects.filter(pk__in=ids).order_by("path").values_list("name", flat=True))


class AudienceForm(forms.Form):
    """`within`: the path of who offers it. A condition that this form cannot say is kept unless staff let it go."""

    def __init__(self, *args: Any, within: str, condition: Any = None, **kwargs: Any) -> None:
        values = from_condition(condition, audience.FIELDS)
        self.kept = condition if values is None else None
        self.within = within
        kwargs.setdefault("initial", self._initial(values or {}))
        super().__init__(*args, prefix="aud", **kwargs)
        if self.kept is not None:
            self.fields["keep"] = forms.BooleanField(
                label=f"保留原来的范围：{audience.in_words(self.kept)}", required=False, initial=True
            )
        for key, field in audience.FIELDS.items():
            if field.kind != "text":  # words come with ready-made rules of tickets, and are kept where they stand
                self._add(key, field)

    @staticmethod
    def _initial(values: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in values.items():
            kind = audience.FIELDS[key].kind
            if kind == "number":
                found[f"{key}_min"], found[f"{key}_max"] = value
            elif kind == "yes_no":
                found[key] = "yes" if value else "no"
            else:
                found[key] = names_of(value) if kind == "organisation" else value
        return found

    def _add(self, key: str, field: Any) -> None:
        if field.kind == "number":
            for end, words in (("min", "满"), ("max", "不超过")):
                self.fields[f"{key}_{end}"] = forms.IntegerField(
                    label=f"{field.title}{words}（{field.unit}）", required=False, min_value=0, max_value=120
                )
        elif field.kind == "yes_no":
            self.fields[key] = forms.ChoiceField(
                label=field.title, required=False, choices=[("", "不限"), ("yes", "是"), ("no", "不是")]
            )
        elif field.kind == "organisation":
            self.fields[key] = forms.CharField(
                label=field.title, required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 2}),
                help_text="只给其中几家时写工会全称，一行一家；不写就是本级和下级的全部会员",
            )  # fmt: skip
        else:
            self.fields[key] = forms.MultipleChoiceField(
                label=field.title, required=False, choices=field.choices, widget=forms.CheckboxSelectMultiple
            )

    def clean_union(self) -> list[int]:
        found, unknown = unions_named(self.cleaned_data["union"], self.within)
        if unknown:
            raise forms.ValidationError(f"本单位范围内没有“{unknown[0][:40]}”，写工会全称")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for key, field in audience.FIELDS.items():
            if field.kind == "number":
                least, most = data.get(f"{key}_min"), data.get(f"{key}_max")
                if least is not None and most is not None and least > most:
                    self.add_error(f"{key}_max", f"比“满{least}”还小")
        return data

    @property
    def condition(self) -> Any:
        """The condition as typed; ask after `is_valid`."""
        data = self.cleaned_data
        if self.kept is not None and data.get("keep"):
            return self.kept
        values: dict[str, Any] = {}
        for key, field in audience.FIELDS.items():
            if field.kind == "number":
                values[key] = (data.get(f"{key}_min"), data.get(f"{key}_max"))
            elif field.kind == "yes_no":
                values[key] = {"yes": True, "no": False}.get(data.get(key, ""))
            else:
                values[key] = data.get(key)
        return to_condition(values, audience.FIELDS)

    @property
    def plain(self) -> list[forms.BoundField]:
        """Fields in two columns; groups of boxes stand below."""
        return [one for one in self if not isinstance(one.field, forms.MultipleChoiceField) and one.name != "union"]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [one for one in self if isinstance(one.field, forms.MultipleChoiceField)]
