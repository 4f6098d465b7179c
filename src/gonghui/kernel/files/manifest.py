"""What this part of the kernel plugs in."""

from ..manifest import Manifest

MANIFEST = Manifest(key="files", title="文件", verbs={"file.stored": "存入文件", "file.opened": "打开含个人信息的文件"})
