"""Fields by which forms name a body of the tree."""

from __future__ import annotations

from typing import Any

from django import forms

from ..viewer import Viewer
from . import queries as org_queries
from .models import Organisation


class NamedOrganisationField(forms.CharField):
    """An organisation of the reader's range by its name, pinyin or code; several that fit are named."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "全称、拼音首字母或编码，只有一家符合就行")
        super().__init__(max_length=120, **kwargs)
        self.viewer: Viewer | None = None

    def clean(self, value: Any) -> Organisation | None:
        words = super().clean(value)
        if not words or self.viewer is None:
            return None
        found = org_queries.search(self.viewer, words, 6)
        exact = [one for one in found if one.name == words]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(f"本级范围内没有叫“{words}”的组织，与组织名录核对")
        names = "、".join(one.name for one in found[:5])
        raise forms.ValidationError(f"符合的不止一家：{names}，写全称")
