"""What voices and projects offer to be counted."""

from __future__ import annotations

from .sources_projects import PROJECT_SOURCES
from .sources_voices import VOICE_SOURCES

SOURCES = (*VOICE_SOURCES, *PROJECT_SOURCES)
