"""Loads the demonstration in one transaction: either the whole city is there or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from gonghui.kernel import yamls
from gonghui.kernel.figures.services import rebuild_all
from gonghui.kernel.models import Account, Organisation, Post
from gonghui.kernel.org.rules import name_grams as org_grams
from gonghui.kernel.org.rules import sort_key
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from ..jobs import fill_year
from .bulk import copy_rows, reserve
from .people import Crowd, Member, make_named, write_members, write_officers
from .tree import Grower, Node, place
from .year import run_year

SHARES = {"small": 0.04, "county": 0.25, "city": 1.0}
"""How much of the real size each demonstration has; the Anfu facts are whole in every size."""


OFFICERS = 3
"""The first members drawn for a union hold its offices."""


def cast() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yamls.shipped((files("gonghui.catalogue") / "demo_cast.yaml").read_text("utf-8"))
    return found


def load(
    size: str = "city",
    seed: int = 2022,
    progress: Callable[[str], None] = lambda text: None,
    today: date | None = None,
    background: bool = False,
) -> dict[str, int]:
    """Make the demonstration city.

    :param size: small, county or city (about 200,000 members).
    :param today: the day the data looks fresh on; the same seed and day give the same records.
    :param background: leave the year of business to the worker, so that the first page need not wait for it.
    :raises Refusal: the installation already has organisations.
    """
    today = today or timezone.localdate()
    with acting(SYSTEM):
        if Organisation.objects.exists():
            raise Refusal("GH-DEMO-001", "已有组织数据，不再载入演示数据", hint="换一个空的数据目录")
        random = Random(seed)
        nodes = Grower(random, today, SHARES[size]).grow()
        write_tree(nodes)
        progress(f"组织 {len(nodes):,} 个")
        members = list(Crowd(random, today).draw(nodes))
        _named(members, today)
        progress(f"会员 {len(members):,} 名")
        write_people(nodes, members, today, random)
        progress("账号与岗位")
        _write_accounts(nodes, members)
        _write_twins(nodes)
        record(SYSTEM, "demo.loaded", path="", object_type="demo", object_name=size, detail={"seed": seed})
        if background:
            fill_year.defer(today=today.isoformat(), seed=seed)
        else:
            progress("一年的业务")
            run_year(today, seed)
    if not background:  # else the worker's keeper counts while people already look
        progress("数字")
        rebuild_all(today)
    return {"organisations": len(nodes), "members": len(members)}


def write_tree(nodes: list[Node]) -> None:
    """Organisations and their employers."""
    place(nodes)
    _write_organisations(nodes)
    _write_employers(nodes)


def write_people(nodes: list[Node], members: list[Member], today: date, random: Random) -> None:
    """Members, their officers, and what shows that their unions live."""
    write_members(members)
    write_officers(members)
    _write_signs(nodes, today, random)


def _write_organisations(nodes: list[Node]) -> None:
    copy_rows(
        "organisation",
        (
            "id", "path", "parent_id", "name", "short_name", "name_key", "kind", "level", "state", "code", "uscc", "union_kind",
            "unit_kind", "industry", "region_code", "address", "office_phone", "headcount", "founded_on", "term_from",
            "term_to", "committee_size", "listed", "intro", "version", "changed_at",
        ),
        (
            (
                n.id, n.path, n.parent.id if n.parent else None, n.name, "", sort_key(n.name), n.kind, n.level, "active",
                f"{n.region}{n.id:06d}", "", n.union_kind, n.unit_kind, n.industry, n.region, "", "", n.headcount, n.founded,
                n.term_from, n.term_to, 3 if n.level == "unit" else None, True, n.intro, 1, "2026-01-01",
            )
            for n in nodes
        ),
    )  # fmt: skip
    copy_rows(
        "organisation_gram", ("gram", "organisation_id"), ((g, n.id) for n in nodes for g in set(org_grams(n.name)))
    )
    placed = ("path", "organisation_id", "parent_id", "valid_from")
    copy_rows(
        "organisation_placement", placed, ((n.path, n.id, n.parent.id if n.parent else None, n.founded) for n in nodes)
    )
    named = ("path", "organisation_id", "name", "valid_from")
    copy_rows("organisation_name", named, ((n.path, n.id, n.name, n.founded) for n in nodes))


def _write_employers(nodes: list[Node]) -> None:
    copy_rows(
        "employer",
        (
            "path", "organisation_id", "name", "uscc", "unit_kind", "industry", "region_code", "address", "headcount",
            "deregistered_on", "deregistered_source", "version",
        ),
        (
            (
                n.path, n.id, n.employer, "", n.unit_kind, n.industry, n.region, "", n.headcount, n.employer_closed_on,
                n.employer_closed_why, 1,
            )
            for n in nodes
            if n.employer
        ),
    )  # fmt: skip


def _write_signs(nodes: list[Node], today: date, random: Random) -> None:
    """Dues and activities of the unions themselves; unions that sleep have none for years."""
    rows: list[tuple[Any, ...]] = []
    for node in nodes:
        if node.level != "unit" and node.kind != "industry_union":
            continue
        back = random.randrange(800, 1800) if node.asleep else random.randrange(5, 80)
        for kind, note, step in (("dues", "上缴工会经费", 0), ("activity", "会员活动", 40)):
            rows.append((node.path, node.id, kind, today - timedelta(days=back + step), True, note))
    copy_rows("sign_of_life", ("path", "organisation_id", "kind", "on", "reached", "note"), rows)


def _find(nodes: list[Node], name: str) -> Node:
    return next(n for n in nodes if n.name == name)


def _named(members: list[Member], today: date) -> None:
    """The members of the fixed cast take the place of ordinary, active members of their union, not of its officers."""
    for person in (p for p in cast() if p["role"] == "member"):
        own = [m for m in members if m.node.name == person["organisation"] and not m.retained]
        member = next(m for m in own[OFFICERS:] if (today - m.last_sign).days < 300 and m.phone[:8] != "19900000")
        make_named(member, person["name"], person["username"], person["title"])


def _write_accounts(nodes: list[Node], members: list[Member]) -> None:
    """Staff accounts with one granted post each, and the log-in of the two members."""
    by_phone = {m.phone: m for m in members}
    admin_ids = reserve("account", len(cast()))
    security = next(i for i, p in zip(admin_ids, cast(), strict=True) if p["role"] == "security_officer")
    hashed: dict[str, str] = {}
    for pk, person in zip(admin_ids, cast(), strict=True):
        secret = person["password"]
        if secret and secret not in hashed:
            hashed[secret] = make_password(secret)
        is_member = person["role"] == "member"
        Account.objects.create(
            id=pk,
            username=f"m{by_phone[person['username']].id}" if is_member else person["username"],
            name=person["name"],
            kind="member" if is_member else "staff",
            person_id=by_phone[person["username"]].id if is_member else None,
            password=hashed.get(secret) or make_password(None),
        )
        if is_member:
            continue
        node = _find(nodes, person["organisation"])
        Post.objects.create(
            account_id=pk,
            organisation_id=node.id,
            path=node.path,
            role=person["role"],
            department=person["department"],
            title=person["title"],
            valid_from=date(2022, 1, 1),
            granted_by=security,
            granted_at=timezone.now(),
        )
    zhou = next(i for i, p in zip(admin_ids, cast(), strict=True) if p["username"] == "zhoumin")
    anfu = _find(nodes, "安福县总工会")
    Post.objects.create(
        account_id=zhou,
        organisation_id=anfu.id,
        path=anfu.path,
        role="guide",
        department="挂点联系",
        title="产改指导员",
        valid_from=date(2022, 1, 1),
        granted_by=security,
        granted_at=timezone.now(),
    )


def _write_twins(nodes: list[Node]) -> None:
    """Every county's park union is paired with the park's party working committee."""
    copy_rows(
        "organisation_twin",
        ("path", "organisation_id", "kind", "party_name", "party_superior", "measures", "valid_from"),
        (
            (
                n.path, n.id, "work_committee", f"中共{n.name.removesuffix('非公有制企业工会联合会')}工作委员会",
                "中共" + (n.parent.name.removesuffix("总工会") if n.parent else "") + "委员会", "组织共建、阵地共享、活动共办",
                n.founded,
            )
            for n in nodes
            if n.kind == "joint_union" and n.level == "county"
        ),
    )  # fmt: skip
