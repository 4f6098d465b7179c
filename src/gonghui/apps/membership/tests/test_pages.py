"""Every page opens for who may see it, shows real records, and stays shut for the others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_organisation, make_person, viewer_at
from gonghui.kernel.models import Appointment, Membership, Post, SignOfLife, TrailRecord, TransferRequest
from gonghui.kernel.org import services as org
from gonghui.kernel.sealing import unseal


def url(name: str, *args: int) -> str:
    return reverse(f"membership:{name}", args=args)


ORGANISATION_PAGES = (
    "organisation", "organisation-officers", "organisation-members", "organisation-below", "organisation-history",
    "organisation-life", "found", "move", "merge", "split", "dissolve", "rename", "reclassify", "elect", "facts",
    "employer-new", "twin", "group", "appoint", "branch",
)  # fmt: skip


@pytest.mark.parametrize("name", ORGANISATION_PAGES)
def test_organisation_page_opens_for_organising_staff(tree: Any, enter: Any, name: str) -> None:
    response = enter(tree.county).get(url(name, tree.union.pk))
    assert response.status_code == 200
    assert "csrfmiddlewaretoken" in response.content.decode() or name == "branch"


@pytest.mark.parametrize("name", ["organisations", "tree", "members", "member-new", "transfers", "duplicates", "find"])
def test_desk_page_opens_for_organising_staff(tree: Any, enter: Any, name: str) -> None:
    assert enter(tree.county).get(url(name)).status_code == 200


@pytest.mark.parametrize("name", ["person", "person-edit", "person-death"])
def test_person_page_opens_for_organising_staff(tree: Any, enter: Any, name: str) -> None:
    assert enter(tree.county).get(url(name, tree.insider.person_id)).status_code == 200


@pytest.mark.parametrize("name", ["edit", "transfer", "retain", "restore", "leave", "undo"])
def test_membership_page_opens_for_organising_staff(tree: Any, enter: Any, name: str) -> None:
    assert enter(tree.county).get(url(f"membership-{name}", tree.insider.pk)).status_code == 200


def test_home_shows_the_area_of_the_post(tree: Any, enter: Any) -> None:
    page = enter(tree.city).get("/desk/").content.decode()
    assert "安福县总工会" in page
    assert "遂川县总工会" in page
    assert "赣州市总工会" not in page


def test_home_without_a_post_says_whom_to_ask(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    Post.objects.update(valid_to=date(2020, 1, 1))
    assert "还没有岗位" in client.get("/desk/").content.decode()


@pytest.mark.parametrize("name", ["organisation", "organisation-members", "move", "facts", "branch"])
def test_organisation_out_of_reach_is_not_there(tree: Any, enter: Any, name: str) -> None:
    client = enter(tree.county)
    for one in (tree.sibling_county, tree.city, tree.other_union):
        assert client.get(url(name, one.pk)).status_code == 404


def test_person_out_of_reach_is_not_there(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    assert client.get(url("person", tree.outsider.person_id)).status_code == 404
    assert client.get(url("membership-leave", tree.outsider.pk)).status_code == 404
    assert client.get(f"/desk/people/{tree.outsider.person_id}/reveal/phone/").status_code == 404


@pytest.mark.parametrize(
    ("role", "name", "shut"),
    [
        ("finance", "members", True),
        ("finance", "organisations", False),
        ("leader", "members", False),
        ("leader", "member-new", True),
        ("publicity", "transfers", True),
        ("grassroots_chair", "members", False),
        ("leader", "duplicates", True),
        ("guide", "organisations", False),
        ("guide", "members", True),
        ("judge", "organisations", True),
    ],
)
def test_page_asks_for_its_permission(tree: Any, enter: Any, role: str, name: str, shut: bool) -> None:
    response = enter(tree.county, role).get(url(name))
    assert response.status_code == (403 if shut else 200)


@pytest.mark.parametrize("name", ["found", "move", "merge", "split", "dissolve"])
def test_chair_may_not_restructure(tree: Any, enter: Any, name: str) -> None:
    assert enter(tree.union, "grassroots_chair").get(url(name, tree.union.pk)).status_code == 403


def test_leader_sees_no_buttons(tree: Any, enter: Any) -> None:
    page = enter(tree.county, "leader").get(url("organisation", tree.union.pk)).content.decode()
    assert "办理变动" not in page
    assert "更正资料" not in page


def test_finance_sees_numbers_without_members(tree: Any, enter: Any) -> None:
    page = enter(tree.county, "finance").get(url("organisation", tree.union.pk)).content.decode()
    assert f"/desk/organisations/{tree.union.pk}/members/" not in page
    assert "会员1名" in page


# lists


def queries_of(client: Any, path: str) -> int:
    """Queries of the page itself: after the door has taken the scope, before the frame of the page asks its own (the
    names of the posts and of the federation above first)."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    asked = [query["sql"] for query in seen]
    begins = next(at for at, sql in enumerate(asked) if "gonghui.seat" in sql)
    ends = next(at for at, sql in enumerate(asked) if at > begins and 'OR ("organisation_public"."kind"' in sql)
    return ends - begins - 1


def test_organisation_list_asks_as_much_for_three_rows_as_for_one(tree: Any, enter: Any) -> None:
    client = enter(tree.sibling_county)
    client.get(url("organisations"))
    one = queries_of(client, url("organisations"))
    for number in range(3):
        union = make_organisation(f"遂川县泉江镇第{number}小微企业联合工会", "joint_union", parent=tree.sibling_county)
        make_member(union)
    assert queries_of(client, url("organisations")) == one == 9


def test_member_list_asks_as_much_for_three_rows_as_for_one(tree: Any, enter: Any) -> None:
    client = enter(tree.union)
    client.get(url("members"))
    one = queries_of(client, url("members"))
    for name in ("王福根", "邓丽萍"):
        make_member(tree.union, name)
    assert queries_of(client, url("members")) == one == 9


def test_transfer_list_asks_as_much_for_three_rows_as_for_one(tree: Any, enter: Any) -> None:
    def ask(membership: Any) -> None:
        TransferRequest.objects.create(
            membership=membership, person=membership.person, from_organisation=membership.organisation,
            to_organisation=tree.sibling_union, path=tree.sibling_union.path, from_path=membership.path,
            person_name=membership.person.name, reason="换了工作单位", side="sender",
        )  # fmt: skip

    client = enter(tree.county)
    ask(tree.insider)
    client.get(url("transfers"))
    one = queries_of(client, url("transfers"))
    for name in ("王福根", "邓丽萍"):
        ask(make_member(tree.union, name))
    assert queries_of(client, url("transfers")) == one == 6
    assert "3件转会待答复" in client.get(url("transfers")).content.decode()


def test_organisation_page_asks_as_much_with_more_below(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    client.get(url("organisation", tree.township.pk))
    before = queries_of(client, url("organisation", tree.township.pk))
    for number in range(3):
        make_organisation(f"安福县枫田镇第{number}小微企业联合工会", "joint_union", parent=tree.township)
    assert queries_of(client, url("organisation", tree.township.pk)) == before


def test_organisation_list_shows_numbers_that_open_their_records(tree: Any, enter: Any) -> None:
    person = make_person("郭卫民", tree.union)
    Appointment.objects.create(
        person=person, organisation=tree.union, path=tree.union.path, office="chair", valid_from=date(2021, 5, 1)
    )
    SignOfLife.objects.create(organisation=tree.union, path=tree.union.path, kind="dues", on=date(2026, 1, 5))
    make_member(tree.team, "王福根", worker_kind="new_form", new_form="courier")
    page = enter(tree.county).get(url("organisations")).content.decode()
    assert "郭卫民" in page
    assert "2026-01-05" in page
    assert f'href="/desk/organisations/{tree.union.pk}/members/">2</a>' in page
    assert f'href="/desk/organisations/{tree.union.pk}/members/?flag=new_form">1</a>' in page


@pytest.mark.parametrize(
    ("query", "there"),
    [("q=泸水河", True), ("q=lsh", False), ("q=jxaflsh", True), ("q=81360800MC0123450M", True), ("q=瑞金", False),
     ("kind=grassroots_union", True), ("kind=branch", False), ("level=unit", True), ("term=over", True), ("term=soon", False),
     ("term=none", False), ("new_form=1", False), ("new_form=0", True), ("state=dissolved", False)],
)  # fmt: skip
def test_organisation_filters(tree: Any, enter: Any, query: str, there: bool) -> None:
    page = enter(tree.county).get(url("organisations") + "?" + query).content.decode()
    assert (f'<a class="ink" href="/desk/organisations/{tree.union.pk}/">' in page) is there


def test_ended_organisations_appear_only_when_asked_for(tree: Any, enter: Any) -> None:
    tree.sibling_union.state, tree.sibling_union.ended_on = "dissolved", date(2025, 1, 1)
    tree.sibling_union.save()
    client = enter(tree.county)
    row = f'<a class="ink" href="/desk/organisations/{tree.sibling_union.pk}/">'
    assert row not in client.get(url("organisations")).content.decode()
    assert row in client.get(url("organisations") + "?state=ended").content.decode()


def test_search_for_a_member_leaves_the_name_out_of_the_address(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    response = client.post(url("members"), {"list": "filter", "q": "刘细妹"})
    assert response.status_code == 302
    assert "刘" not in response["Location"]
    assert "%E5%88%98" not in response["Location"]
    page = client.get(response["Location"]).content.decode()
    assert f"/desk/people/{tree.insider.person_id}/" in page
    assert f"/desk/people/{tree.neighbour.person_id}/" not in page


@pytest.mark.parametrize(
    ("query", "insider", "neighbour"),
    [("status=active", True, False), ("status=retained", False, True), ("flag=recent", True, False), ("sex=2", False, False),
     ("flag=new_form", True, False), ("new_form=courier", True, False), ("status=ended", False, False), ("flag=moving", False, False)],
)  # fmt: skip
def test_member_filters(tree: Any, enter: Any, query: str, insider: bool, neighbour: bool) -> None:
    Membership.objects.filter(pk=tree.insider.pk).update(
        worker_kind="new_form", new_form="courier", joined_on=timezone.localdate() - timedelta(days=3)
    )
    Membership.objects.filter(pk=tree.neighbour.pk).update(status="retained", retention_reason="retired")
    page = enter(tree.county).get(url("members") + "?" + query).content.decode()
    assert (f"/desk/people/{tree.insider.person_id}/" in page) is insider
    assert (f"/desk/people/{tree.neighbour.person_id}/" in page) is neighbour


def test_ended_members_keep_their_name(tree: Any, enter: Any) -> None:
    Membership.objects.filter(pk=tree.insider.pk).update(
        status="ended", valid_to=date(2026, 1, 1), end_reason="left", person_name="刘细妹"
    )
    page = enter(tree.county).get(url("members") + "?status=ended").content.decode()
    assert "刘细妹" in page


def test_numbers_of_papers_are_masked(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    for path in (url("members"), url("person", tree.insider.person_id), url("organisation-members", tree.union.pk)):
        assert "**********" in client.get(path).content.decode()


def test_export_writes_the_rows_and_the_trail(tree: Any, enter: Any) -> None:
    response = enter(tree.county).get(url("members") + "?export=xlsx")
    assert response["Content-Type"].endswith("sheet")
    assert b"".join(response.streaming_content)[:2] == b"PK"
    kept = TrailRecord.objects.get(verb="member.exported")
    assert kept.detail["rows"] == 2
    assert "刘" not in str(kept.detail)


def test_export_is_not_offered_without_permission(tree: Any, enter: Any) -> None:
    page = enter(tree.county, "leader").get(url("members"))
    assert "export=xlsx" not in page.content.decode()


# the tree


def test_tree_opens_down_to_the_wanted_organisation(tree: Any, enter: Any) -> None:
    client = enter(tree.city)
    closed = client.get(url("tree")).content.decode()
    assert "安福县总工会" in closed
    assert "泸水河" not in closed
    assert "泸水河" in client.get(url("tree") + f"?open={tree.union.pk}").content.decode()
    branch = client.get(url("branch", tree.county.pk)).content.decode().replace("<wbr>", "")
    assert "枫田镇总工会" in branch
    assert "泸水河" not in branch


def test_tree_of_a_past_day_has_the_names_and_places_of_then(tree: Any, enter: Any) -> None:
    actor = viewer_at(tree.city, username="mover")
    day = timezone.localdate() - timedelta(days=10)
    org.rename(actor, organisation=tree.township, name="安福县枫田街道总工会", on=day, reason="撤镇设街道")
    org.move(actor, organisation=tree.union, parent=tree.county, on=day, reason="直接管理")
    client = enter(tree.city)
    now = client.get(url("branch", tree.county.pk)).content.decode()
    then = client.get(url("branch", tree.county.pk) + f"?on={day - timedelta(days=1)}").content.decode()
    assert "枫田街道" in now.replace("<wbr>", "")
    assert "泸水河" in now
    assert "枫田镇总工会" in then.replace("<wbr>", "")
    assert "泸水河" not in then


def test_tree_says_what_is_wrong_with_a_day(tree: Any, enter: Any) -> None:
    assert "写成2021-08-17这样的日期" in enter(tree.city).get(url("tree") + "?on=去年").content.decode()


# find


@pytest.mark.parametrize("text", ["刘细妹", "细妹", "liuximei", "lxm"])
def test_find_people_by_name(tree: Any, enter: Any, text: str) -> None:
    page = enter(tree.county).post(url("find"), {"q": text}).content.decode()
    assert f"/desk/people/{tree.insider.person_id}/" in page


def test_find_people_by_phone_tail_card_and_full_number(tree: Any, enter: Any) -> None:
    person = tree.insider.person
    client = enter(tree.county)
    phone = unseal(bytes(person.phone_sealed), "person.phone")
    for text in (person.phone_mask[-4:], tree.insider.card_no, phone):
        page = client.post(url("find"), {"q": text}).content.decode()
        assert f"/desk/people/{person.pk}/" in page
        assert phone not in page


def test_a_full_number_typed_into_a_search_is_not_written_back(tree: Any, enter: Any) -> None:
    person = tree.insider.person
    client = enter(tree.county)
    for sealed, field, mask in (
        (person.phone_sealed, "person.phone", person.phone_mask),
        (person.id_sealed, "person.id_number", person.id_mask),
    ):
        number = unseal(bytes(sealed), field)
        for typed in (number, f"{number[:3]} {number[3:]}", f"{number[:-1]}{(int(number[-1:]) + 1) % 10}"):
            page = client.post(url("find"), {"q": typed}).content.decode()
            assert typed not in page and number not in page and "****" in page
        found = client.post(url("members"), {"list": "filter", "q": number})
        page = client.get(found["Location"]).content.decode()
        assert f'value="{mask}"' in page and f"“{mask}”" in page and number not in page
        again = client.post(url("members"), {"list": "filter", "q": mask, "status": "active"})
        page = client.get(again["Location"]).content.decode()
        assert f"/desk/people/{person.pk}/" in page and number not in page


def test_find_organisations_and_not_those_of_others(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    assert f"/desk/organisations/{tree.union.pk}/" in client.post(url("find"), {"q": "泸水河"}).content.decode()
    nothing = client.post(url("find"), {"q": "红井电子"}).content.decode()
    assert "没有找到" in nothing
    assert "看组织名单" in nothing


def test_find_shows_no_people_to_posts_without_members(tree: Any, enter: Any) -> None:
    page = enter(tree.county, "finance").post(url("find"), {"q": "刘细妹"}).content.decode()
    assert f"/desk/people/{tree.insider.person_id}/" not in page


def test_find_does_not_read_names_from_the_address(tree: Any, enter: Any) -> None:
    page = enter(tree.county).get(url("find") + "?q=刘细妹").content.decode()
    assert f"/desk/people/{tree.insider.person_id}/" not in page


@pytest.mark.parametrize("text", ["\x00", "a" * 500, "𠮷", "%%", "'; --", "\u202e", "１３８"])
def test_find_survives_odd_input(tree: Any, enter: Any, text: str) -> None:
    assert enter(tree.county).post(url("find"), {"q": text}).status_code == 200
