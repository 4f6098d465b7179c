"""What the rules plug in."""

from ..manifest import Entry, Manifest

MANIFEST = Manifest(
    key="rules",
    title="规则",
    entries=(Entry("规则", "rules:list", "scales", "rule.view", group=2, order=60),),
    verbs={"rule.set": "设定规则"},
)
