"""What places plug into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="places", title="阵地")
