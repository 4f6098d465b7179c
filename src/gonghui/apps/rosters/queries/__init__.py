"""Reads of imports: the list, one import with its progress, rows before and after, problems by reason."""

from .imports import (
    Progress,
    changes,
    imported_before,
    imports,
    problem_groups,
    problems,
    progress,
    remembered,
    roster,
    unstarted_members,
    waiting,
)
from .samples import Sample, masked_sample, samples

__all__ = [
    "Progress",
    "Sample",
    "changes",
    "imported_before",
    "imports",
    "masked_sample",
    "problem_groups",
    "problems",
    "progress",
    "remembered",
    "roster",
    "samples",
    "unstarted_members",
    "waiting",
]
