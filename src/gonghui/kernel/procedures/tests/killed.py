"""A process that decides an application and is killed while the effect happens; run by test_killed."""

from __future__ import annotations

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.web.settings")


def main(database: str, step_id: int, account_id: int, when: str) -> None:
    django.setup()
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database
    from gonghui.kernel.access.models import Account, Post
    from gonghui.kernel.access.queries import viewer_of_post
    from gonghui.kernel.manifest import Effect
    from gonghui.kernel.procedures import registry, services
    from gonghui.kernel.scope import acting
    from gonghui.kernel.viewer import SYSTEM

    def die() -> None:
        if when == "database":
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        os.kill(os.getpid(), signal.SIGKILL)

    def effect(actor: object, made: object) -> dict[str, str]:
        if when in ("effect", "database"):
            die()
        return {}

    registry.effects()["test.noted"] = Effect("test.noted", "记一笔", "org.restructure", effect)
    with acting(SYSTEM):
        account = Account.objects.get(pk=account_id)
        viewer = viewer_of_post(account, Post.objects.get(account=account))
    with acting(viewer):
        services.approve(viewer, step_id=step_id)
        if when == "commit":
            die()
    if when == "after":
        die()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
