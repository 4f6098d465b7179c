"""What selections of innovation plug into the platform."""

from gonghui.kernel.manifest import Effect, Entry, Manifest, SubmitCheck

from . import effects
from .sources import SOURCES

MANIFEST = Manifest(
    key="contests",
    title="竞赛创新",
    sources=SOURCES,
    entries=(Entry("竞赛创新", "contests:list", "trophy", "contest.manage", order=61, prefix="/desk/contests/"),),
    verbs={"contest.awarded": "评选命名"},
    effects=(
        Effect(
            "contests.awarded",
            "评选命名",
            "contest.manage",
            effects.awarded,
            frozenset({"selection", "title", "people"}),
        ),
    ),
    panels=effects.panels,
    submit_checks=(SubmitCheck(("contests.",), effects.check_entry),),
)
