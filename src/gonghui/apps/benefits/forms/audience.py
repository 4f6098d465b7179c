"""For whom an offer is, as a form of one line for each thing that may be asked of a member."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.condition_form import condition_from, crossed, lines_of, typed_from
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.quotas import audience

OLDEST = 120
"""Years: the greatest number that a condition on a member can mean."""


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
        typed = typed_from(condition, audience.FIELDS)
        self.kept = condition if typed is None else None
        self.within = within
        initial = typed or {}
        if unions := initial.get("union"):
            initial = {**initial, "union": names_of(unions)}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, prefix="aud", **kwargs)
        if self.kept is not None:
            self.fields["keep"] = forms.BooleanField(
                label=f"保留原来的范围：{audience.in_words(self.kept)}", required=False, initial=True
            )
        for key, field in audience.FIELDS.items():
            # Words of an occupation come with ready-made rules of tickets, and are kept where they stand.
            if field.kind == "organisation":
                self.fields[key] = forms.CharField(
                    label=field.title, required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 2}),
                    help_text="只给其中几家时写工会全称，一行一家；不写就是本级和下级的全部会员",
                )  # fmt: skip
            else:
                self.fields |= lines_of(key, field, OLDEST)

    def clean_union(self) -> list[int]:
        found, unknown = unions_named(self.cleaned_data["union"], self.within)
        if unknown:
            raise forms.ValidationError(f"本单位范围内没有“{unknown[0][:40]}”，写工会全称")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, sentence in crossed(data, audience.FIELDS).items():
            self.add_error(name, sentence)
        return data

    @property
    def condition(self) -> Any:
        """The condition as typed; ask after `is_valid`."""
        data = self.cleaned_data
        if self.kept is not None and data.get("keep"):
            return self.kept
        return condition_from(data, audience.FIELDS)

    @property
    def plain(self) -> list[forms.BoundField]:
        """Fields in two columns; groups of boxes stand below."""
        return [one for one in self if not isinstance(one.field, forms.MultipleChoiceField) and one.name != "union"]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [one for one in self if isinstance(one.field, forms.MultipleChoiceField)]
