"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Manifest

MANIFEST = Manifest(key="membership", title="组织与会员")
