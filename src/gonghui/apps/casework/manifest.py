"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="casework", title="帮扶维权")
