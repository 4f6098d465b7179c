"""Makers of organisations, people and accounts for tests, and the fixed cast that every test speaks of.

Plain inserts without services: a test of a service must not stand on that service. People are generated; their
identity numbers carry the region 990000, which no real person has.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from .access.models import Account, Post
from .access.queries import viewer_of_post
from .models import Membership, Organisation, OrganisationGram, OrganisationName, Person, PersonGram, Placement
from .org.rules import label, sort_key
from .org.rules import name_grams as organisation_grams
from .people.rules import mask_id, mask_phone, name_grams, name_keys
from .sealing import lookup_hash, seal
from .viewer import Viewer

_numbers = itertools.count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FOUNDED = date(2015, 5, 1)


def next_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])


def make_organisation(
    name: str,
    kind: str = "grassroots_union",
    level: str = "unit",
    parent: Organisation | None = None,
    **facts: Any,
) -> Organisation:
    """An active organisation with its placement and name history."""
    pk = next_id("organisation")
    path = (parent.path if parent else "") + label(pk)
    facts.setdefault("founded_on", FOUNDED)
    organisation = Organisation.objects.create(
        id=pk, path=path, parent=parent, name=name, kind=kind, level=level, name_key=sort_key(name), **facts
    )
    Placement.objects.create(organisation=organisation, parent=parent, path=path, valid_from=facts["founded_on"])
    OrganisationName.objects.create(organisation=organisation, name=name, path=path, valid_from=facts["founded_on"])
    grams = [OrganisationGram(gram=gram, organisation=organisation) for gram in organisation_grams(name)]
    OrganisationGram.objects.bulk_create(grams, ignore_conflicts=True)
    return organisation


def id_number(sequence: int, birth: date = date(1990, 3, 7), female: bool = False, region: str = "990000") -> str:
    """A well-formed identity number of nobody: region 990000 does not exist."""
    serial = (sequence * 2 + (0 if female else 1)) % 1000
    body = f"{region}{birth:%Y%m%d}{serial:03d}"
    weighed = sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[weighed % 11]


def make_person(
    name: str = "郭建平",
    organisation: Organisation | None = None,
    *,
    number: str | None = None,
    phone: str | None = None,
    path: str | None = None,
    **facts: Any,
) -> Person:
    sequence = next(_numbers)
    birth = facts.setdefault("birth", date(1960 + sequence // 12000 % 45, 1 + sequence // 1000 % 12, 7))
    number = number or id_number(sequence % 500, birth)
    phone = phone or f"1990{sequence:07d}"
    facts.setdefault("sex", "1")
    kind = facts.pop("id_kind", "identity_card")
    person = Person.objects.create(
        name=name,
        name_key=name_keys(name).sort,
        id_kind=kind,
        id_hash=lookup_hash(f"id:{kind}", number),
        id_sealed=seal(number, "person.id_number"),
        id_mask=mask_id(number),
        phone_sealed=seal(phone, "person.phone"),
        phone_hash=lookup_hash("phone", phone),
        phone_mask=mask_phone(phone),
        path=path if path is not None else (organisation.path if organisation else ""),
        **facts,
    )
    PersonGram.objects.bulk_create([PersonGram(gram=g, person=person) for g in name_grams(name)])
    return person


def make_member(
    organisation: Organisation, name: str = "郭建平", person: Person | None = None, **facts: Any
) -> Membership:
    """An open membership, of a new person unless one is given."""
    person = person or make_person(name, organisation)
    facts.setdefault("status", "active")
    joined = facts.pop("joined_on", date(2021, 3, 6))
    membership = Membership.objects.create(
        person=person,
        organisation=organisation,
        path=organisation.path,
        joined_on=joined,
        valid_from=joined,
        start_reason="admission",
        card_no=f"GH{person.pk:010d}",
        **facts,
    )
    return membership


def make_account(username: str, name: str, kind: str = "staff", person: Person | None = None) -> Account:
    account = Account(username=username, name=name, kind=kind, person=person)
    account.set_password(PASSWORD)
    account.save()
    return account


PASSWORD = "Gonghui-2026"


def make_post(organisation: Organisation, role: str, username: str | None = None, name: str = "周敏") -> Post:
    """An account with one granted post."""
    account = make_account(username or f"{role}-{organisation.pk}", name)
    return Post.objects.create(
        account=account,
        organisation=organisation,
        path=organisation.path,
        role=role,
        valid_from=FOUNDED,
        granted_by=account.pk,
    )


def viewer_at(organisation: Organisation, role: str = "organising", username: str | None = None) -> Viewer:
    """A viewer acting in a fresh post."""
    post = make_post(organisation, role, username)
    return viewer_of_post(post.account, post)


CANARY_BIRTH = date(1988, 8, 8)
CANARY_ID, CANARY_PHONE = id_number(249, CANARY_BIRTH), "19953520417"
"""Numbers of the cast's first member, that exist nowhere else: whoever finds them in an answer, an address, a log or in
clear in the database has found a leak. tests/canary.py looks for them in every answer of every test."""


@dataclass
class Tree:
    """The fixed cast: one province with two cities; the first city down to a shift team, each with a neighbour."""

    province: Organisation
    city: Organisation
    county: Organisation
    sibling_county: Organisation
    township: Organisation
    union: Organisation
    sibling_union: Organisation
    branch: Organisation
    team: Organisation
    industry_union: Organisation
    other_city: Organisation
    other_county: Organisation
    other_union: Organisation
    insider: Membership
    neighbour: Membership
    outsider: Membership


def make_tree() -> Tree:
    province = make_organisation("江西省总工会", "federation", "province", region_code="360000")
    city = make_organisation("吉安市总工会", "federation", "city", province, region_code="360800")
    county = make_organisation("安福县总工会", "federation", "county", city, region_code="360829")
    sibling_county = make_organisation("遂川县总工会", "federation", "county", city, region_code="360827")
    township = make_organisation("安福县枫田镇总工会", "federation", "township", county, region_code="360829")
    union = make_organisation(
        "江西安福泸水河食品有限公司工会委员会",
        parent=township,
        union_kind="1",
        headcount=120,
        uscc="81360800MC0123450M",
        term_from=date(2021, 5, 1),
        term_to=date(2026, 5, 1),
        committee_size=5,
    )
    sibling_union = make_organisation("安福县枫田镇农副产品加工小微企业联合工会委员会", "joint_union", parent=township)
    branch = make_organisation("江西安福泸水河食品有限公司工会委员会包装车间分会", "branch", "branch", union)
    team = make_organisation("江西安福泸水河食品有限公司工会委员会包装车间分会甲班工会小组", "group", "group", branch)
    industry = make_organisation("吉安市物流行业工会联合会", "industry_union", "city", city)
    other_city = make_organisation("赣州市总工会", "federation", "city", province, region_code="360700")
    other_county = make_organisation("瑞金市总工会", "federation", "county", other_city, region_code="360781")
    other_union = make_organisation("瑞金市红井电子有限公司工会委员会", parent=other_county)
    return Tree(
        province=province,
        city=city,
        county=county,
        sibling_county=sibling_county,
        township=township,
        union=union,
        sibling_union=sibling_union,
        branch=branch,
        team=team,
        industry_union=industry,
        other_city=other_city,
        other_county=other_county,
        other_union=other_union,
        insider=make_member(
            union,
            "刘细妹",
            # 18 digits beginning with 9 are read as a foreigner's permanent residence card
            make_person(
                "刘细妹", union, number=CANARY_ID, phone=CANARY_PHONE, birth=CANARY_BIRTH, id_kind="foreigner_card"
            ),
        ),
        neighbour=make_member(sibling_union, "欧阳志强"),
        outsider=make_member(other_union, "曾玉珍"),
    )
