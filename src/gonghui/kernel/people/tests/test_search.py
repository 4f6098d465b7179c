"""Search answers the same as looking at everybody, in every way of choosing a plan; duplicates; the member card."""

from __future__ import annotations

import importlib
import random
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gonghui.kernel.factories import make_member, make_person, viewer_at
from gonghui.kernel.models import Membership, Person, PersonGram
from gonghui.kernel.people import queries, services
from gonghui.kernel.people.queries.duplicates import NEAR_NAME, SAME_BIRTH, SAME_NAME, SAME_PHONE
from gonghui.kernel.people.rules import name_grams, name_keys, query_grams
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .conftest import fresh_number, refused

search_module = importlib.import_module("gonghui.kernel.people.queries.search")
NAMES = (
    "刘伟",
    "刘伟强",
    "刘细妹",
    "单晓",
    "单小平",
    "欧阳志强",
    "欧阳",
    "王刘伟",
    "吕绿",
    "阿卜杜拉·买买提",
    "曾国华",
)


@pytest.fixture
def crowd(tree: Any, county: Viewer) -> list[Person]:
    """Two unions with the same names in each, and a third in another city."""
    people = []
    take_scope("", "~")
    for house in (tree.union, tree.sibling_union, tree.other_union):
        people += [make_member(house, name).person for name in NAMES]
    take_scope_of(county)
    return people


def expected(viewer: Viewer, text: str) -> set[int]:
    """By looking at every person and every piece."""
    query = query_grams(text)
    found = set()
    for person in Person.objects.filter(path__gte=viewer.lo, path__lt=viewer.hi, merged_into__isnull=True):
        grams = name_grams(person.name)
        begins = any(gram.startswith(prefix) for prefix in query.prefixes for gram in grams)
        if set(query.exact) <= set(grams) and (begins or not query.prefixes):
            found.add(person.pk)
    return found


TEXTS = ("刘", "刘伟", "伟强", "细妹", "欧阳", "欧阳志强", "liuwei", "liuw", "lw", "l", "刘x", "刘xm", "shanxiao", "sx")


@pytest.mark.parametrize("plan", ["few", "spelling", "candidates", "walk"])
@pytest.mark.parametrize("text", TEXTS)
def test_every_plan_finds_what_looking_at_everybody_finds(
    crowd: list[Person], county: Viewer, monkeypatch: pytest.MonkeyPatch, plan: str, text: str
) -> None:
    if plan == "spelling":
        monkeypatch.setattr(search_module, "_FEW_PEOPLE", 0)
    elif plan != "few":
        monkeypatch.setattr(search_module, "NARROW_PEOPLE", 0)
    if plan == "walk":
        monkeypatch.setattr(search_module, "CANDIDATES", 1)
    hits = queries.search(county, text, limit=100)
    ids = [hit.person_id for hit in hits]
    assert len(ids) == len(set(ids))
    assert set(ids) == expected(county, text)


@pytest.mark.parametrize("text", ["danxiao", "dx", "lvlv", "luelue"])
def test_other_readings_are_found_from_the_pieces(
    crowd: list[Person], county: Viewer, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    few = {hit.person_id for hit in queries.search(county, text)}
    monkeypatch.setattr(search_module, "_FEW_PEOPLE", 0)
    assert {hit.person_id for hit in queries.search(county, text)} == few == expected(county, text)


def test_exact_name_comes_first_and_limit_holds(crowd: list[Person], county: Viewer) -> None:
    assert [hit.name for hit in queries.search(county, "刘伟", limit=3)] == ["刘伟", "刘伟", "刘伟强"]
    assert [hit.name for hit in queries.search(county, "刘伟")][-2:] == ["王刘伟", "王刘伟"]


@pytest.mark.parametrize("text", ["刘", "细妹", "liuxi", "lxm"])
def test_queries_do_not_grow_with_people(tree: Any, county: Viewer, text: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            queries.search(county, text)
        return len(caught)

    before = count()
    for _ in range(12):
        make_member(tree.union, "刘细妹")
    assert count() <= before <= 6


def test_phone_tail_card_and_full_numbers(tree: Any, county: Viewer) -> None:
    number = fresh_number()
    person = services.register(
        county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=number, phone="13800002076"
    )
    row = services.admit(
        county, organisation=tree.union, person=person, joined_on=date(2022, 6, 1), on=date(2022, 6, 1)
    )
    for text in ("2076", row.card_no, row.card_no.lower(), "13800002076", number, f" {number[:6]} {number[6:]} "):
        (hit,) = queries.search(county, text)
        assert (hit.person_id, hit.organisation, hit.status) == (person.pk, tree.union.name, "在籍")
        assert number not in str(hit) and "13800002076" not in str(hit)
    blind = Viewer(role="publicity", lo=county.lo, hi=county.hi)
    assert queries.search(blind, number) == [] and queries.search(blind, "13800002076") == []


@pytest.mark.parametrize("text", ["", " ", "%", "_", "'", "\\", "\x00", "😀", "(.*)+$", "a" * 500, "𠮷", "12", "l'%s"])
def test_odd_texts_find_nothing_and_break_nothing(crowd: list[Person], county: Viewer, text: str) -> None:
    assert queries.search(county, text) == []


def test_search_stays_in_range_and_leaves_the_planner_as_it_was(crowd: list[Person], tree: Any, county: Viewer) -> None:
    inside = {hit.person_id for hit in queries.search(county, "刘", limit=100)}
    outside = {p.pk for p in crowd if p.path.startswith(tree.other_union.path)}
    assert inside and not inside & outside
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_bitmapscan')")
        assert cursor.fetchone() == ("on",)
    assert queries.search(OUTSIDER, "刘") == []
    take_scope("", "")
    assert queries.search(Viewer(role="organising", lo="", hi="~"), "刘") == [], "the policy is the floor"


def test_pieces_of_people_out_of_range_are_not_readable(crowd: list[Person], tree: Any, county: Viewer) -> None:
    outside = [p.pk for p in crowd if p.path.startswith(tree.other_union.path)]
    assert PersonGram.objects.filter(person_id__in=outside).count() == 0
    assert PersonGram.objects.count() > 0


def _reasons(viewer: Viewer) -> dict[frozenset[int], tuple[str, ...]]:
    return {frozenset((d.first.pk, d.second.pk)): d.reasons for d in queries.duplicates(viewer)}


def test_duplicates_name_their_reasons_and_spare_families(tree: Any, county: Viewer) -> None:
    born = date(1985, 5, 1)
    a = make_person("郭细根", tree.union, phone="13900000001", birth=born)
    b = make_person("郭细根", tree.sibling_union, phone="13900000002", birth=born)
    c = make_person("郭细跟", tree.sibling_union, phone="13900000001", birth=date(1985, 5, 2))
    wife = make_person("周秀英", tree.union, phone="13900000001", birth=date(1986, 1, 1), sex="2")
    stranger = make_person("郭细根", tree.union, phone="13900000009", birth=date(1970, 1, 1))
    found = _reasons(county)
    assert {SAME_NAME, SAME_BIRTH} <= set(found[frozenset((a.pk, b.pk))])
    assert found[frozenset((a.pk, c.pk))] == (SAME_PHONE, NEAR_NAME)
    assert not any(wife.pk in pair for pair in found)
    assert not any(stranger.pk in pair for pair in found if b.pk not in pair and a.pk not in pair)
    services.merge_people(county, kept=a, dropped=b, reason="核对过两份证件")
    assert frozenset((a.pk, b.pk)) not in _reasons(county)
    take_scope("", "~")
    sibling = viewer_at(tree.sibling_county, username="other")
    take_scope_of(sibling)
    assert queries.duplicates(sibling) == []


def test_card_shows_a_stranger_only_the_masked_face(tree: Any, county: Viewer) -> None:
    token = queries.card_token(tree.insider)
    take_scope("", "")
    card = queries.verify_card(token)
    assert (card.name, card.organisation, card.status, card.valid, card.joined) == (
        "刘*妹",
        tree.union.name,
        "在籍",
        True,
        date(2021, 3, 1),
    )
    assert "刘细妹" not in token and str(tree.insider.person_id) not in str(card)
    take_scope_of(county)
    services.leave(county, membership=tree.insider, on=date(2025, 1, 1))
    assert queries.verify_card(token).valid is False


def test_card_tokens_expire_and_cannot_be_forged(tree: Any) -> None:
    token = queries.card_token(tree.insider, now=1_700_000_000)
    assert queries.verify_card(token, now=1_700_000_000 + 1700).valid
    with refused("GH-PER-912"):
        queries.verify_card(token, now=1_700_000_000 + 2000)
    source = random.Random(1)
    for _ in range(200):
        place = source.randrange(len(token))
        other = token[:place] + source.choice("ABCdef019-_") + token[place + 1 :]
        # The last character carries unused bits, so a changed one may decode to the same token.
        if other != token and place < len(token) - 1:
            with refused("GH-PER-911"):
                queries.verify_card(other, now=1_700_000_000)
    for nonsense in ("", "x", "é", "A" * 48, "=" * 40, "A" * 9000, "../../etc"):
        with refused("GH-PER-911"):
            queries.verify_card(nonsense)
    with refused("GH-PER-913"):
        queries.verify_card(queries.card_token(Membership(pk=2**40)))


def test_names_sort_with_their_beginnings() -> None:
    for name in NAMES:
        for end in range(1, len(name)):
            assert name_keys(name).sort.startswith(name_keys(name[:end]).sort), (name, name[:end])
