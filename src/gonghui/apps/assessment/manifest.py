"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="assessment", title="规范创建")
