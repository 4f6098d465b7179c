"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="rosters", title="名册导入")
