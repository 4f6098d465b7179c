"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="rules", title="规则", verbs={"rule.set": "设定规则"})
