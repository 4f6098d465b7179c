"""The first federation of a new installation and its three officers; everything after goes by the pages."""

from __future__ import annotations

from django.utils import timezone

from gonghui.kernel.access import services as access
from gonghui.kernel.access.choices import Role
from gonghui.kernel.models import Organisation
from gonghui.kernel.org import services as org
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

OFFICERS = (Role.FEDERATION_ADMIN, Role.SECURITY_OFFICER, Role.AUDITOR)


def found_installation(name: str, level: str, region: str, officers: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Make the top federation and the three separate officers.

    :param officers: role → (user name, name); three different persons.
    :returns: user name → first password, shown once.
    :raises Refusal: there are organisations or accounts already.
    """
    with acting(SYSTEM):
        if Organisation.objects.exists():
            raise Refusal("GH-INS-001", "已有组织，不能再初始化", hint="后续组织在工作台办理建会")
        top = org.found(
            SYSTEM,
            parent=None,
            name=name,
            kind="federation",
            level=level,
            on=timezone.localdate(),
            reason="平台初始化",
            region_code=region,
        )
        return access.install_officers(top, officers)
