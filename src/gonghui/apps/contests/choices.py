"""The selections of A6.07 and A6.09."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Selection(Labelled):
    INNOVATION = "innovation", "职工科技创新成果"
    SUGGESTION = "suggestion", "合理化建议"
    METHOD = "method", "先进操作法"
    TEAM = "team", "金牌班组"
    STUDIO = "studio", "职工创新工作室"
    FIVE_SMALL = "five_small", "“五小”成果"


PROCEDURES: dict[str, str] = {
    "contests.innovation": "innovation",
    "contests.suggestion": "suggestion",
    "contests.method": "method",
    "contests.gold_team": "team",
    "contests.studio": "studio",
    "contests.five_small": "five_small",
}
"""Procedure → selection."""

PLACES: dict[str, str] = {
    "innovation": "contests.innovation_places",
    "suggestion": "contests.suggestion_places",
    "method": "contests.method_places",
    "team": "contests.team_places",
    "studio": "contests.studio_places",
    "five_small": "contests.five_small_places",
}
"""Selection → the rule with its places a year."""

FIVE = ("innovation", "suggestion", "method", "team", "studio")
"""The five published selections of the 225N structure (A6.08)."""
