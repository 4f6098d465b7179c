"""Makes `{% load gonghui %}` find the tags of gonghui.pages."""

from gonghui.pages.tags import register

__all__ = ["register"]
