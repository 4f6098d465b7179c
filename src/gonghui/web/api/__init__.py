"""The API at /api/v1: the same services as the pages, with tokens tied to a post, problems per RFC 9457."""

from . import docs
from .main import api

__all__ = ["api", "docs"]
