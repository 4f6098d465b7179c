"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="org", title="组织")
