"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="access", title="账号与授权")
