"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="trail", title="留痕")
