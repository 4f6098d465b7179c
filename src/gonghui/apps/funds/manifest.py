"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="funds", title="经费")
