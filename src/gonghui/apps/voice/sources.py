"""What voices and projects offer to be counted."""

from __future__ import annotations

from .sources_projects import PROJECT_SOURCES

SOURCES = PROJECT_SOURCES
