"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="box", title="投递箱")
