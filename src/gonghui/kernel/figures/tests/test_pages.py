"""Pages of figures at the desk: a staff member without code composes one, looks, publishes, sets and hands down targets."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gonghui.kernel.factories import make_member, make_post, viewer_at
from gonghui.kernel.figures import services
from gonghui.kernel.figures.models import Figure, Target
from gonghui.kernel.figures.queries import in_force
from gonghui.kernel.figures.services import definitions
from gonghui.kernel.figures.services.definitions import mistakes_of
from gonghui.kernel.models import TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(tree: Any) -> Any:
    def made(organisation: Any, role: str = "organising") -> Client:
        client = Client()
        with acting(SYSTEM):
            client.force_login(make_post(organisation, role).account)
        return client

    return made


def test_the_list_and_every_figure_open(tree: Any, opened: Any) -> None:
    make_member(tree.union, "会员")
    services.drain()
    desk = opened(tree.city)
    listed = desk.get(reverse("figures:list")).content.decode()
    assert "会员总数" in listed and "records/" in listed
    for key in ("members", "members_women_share", "membership_rate", "served", "founded"):
        page = desk.get(reverse("figures:one", args=[key]), {"by": "sex", "period": "2026Q2"})
        assert page.status_code == 200, key
        records = desk.get(reverse("figures:records", args=[key]))
        assert records.status_code == 200, key
    assert TrailRecord.objects.filter(verb="figure.opened").count() == 5


def test_what_is_not_ones_own_does_not_exist(tree: Any, opened: Any) -> None:
    county = opened(tree.county)
    for name in ("figures:one", "figures:records"):
        url = reverse(name, args=["members"])
        assert county.get(url, {"at": tree.county.pk}).status_code == 200
        assert county.get(url, {"at": tree.sibling_county.pk}).status_code == 404
        assert county.get(url, {"at": tree.city.pk}).status_code == 404
    assert county.get(reverse("figures:list"), {"period": "去年"}).status_code == 409


def test_a_figure_is_composed_tried_published_and_retired_without_code(tree: Any, opened: Any) -> None:
    make_member(tree.union, "快递员", new_form="courier")
    services.drain()
    desk = opened(tree.county)
    answer = desk.post(reverse("figures:new"), {"kind": "count", "source": "memberships"})
    draft = Figure.objects.get(state="draft")
    assert answer.url == reverse("figures:edit", args=[draft.pk])
    page = {
        "title": "本县的快递员", "key": "own.couriers", "area": "membership", "unit": "名", "decimals": "0",
        "better": "more", "measure": "count", "time": "as_of", "w_new_form": ["courier"], "lock": draft.lock,
    }  # fmt: skip
    wrong = desk.post(answer.url, page | {"key": "快递员"}, follow=True).content.decode()
    assert "标识用小写字母" in wrong and "发布</button>" not in wrong
    draft.refresh_from_db()
    shown = desk.post(answer.url, page | {"lock": draft.lock}, follow=True).content.decode()
    assert "试算" in shown and "1名" in shown
    assert desk.post(reverse("figures:publish", args=[draft.pk])).url == reverse("figures:one", args=["own.couriers"])
    services.fill()
    assert "本县的快递员" in desk.get(reverse("figures:list")).content.decode()
    assert "本县的快递员" not in opened(tree.sibling_county).get(reverse("figures:list")).content.decode()
    assert desk.post(reverse("figures:retire", args=["own.couriers"]), {"reason": "不再统计"}).status_code == 302
    assert desk.get(reverse("figures:one", args=["own.couriers"])).status_code == 404


def test_what_others_below_are_made_of_is_not_taken_from_them(tree: Any) -> None:
    def body(key: str, **made: Any) -> dict[str, Any]:
        return {"key": key, "title": "单位", "area": "office", "unit": "家", **made}

    def put(place: Any, said: dict[str, Any]) -> Figure:
        with acting(SYSTEM):
            row = Figure.objects.create(
                key=said["key"], version=1, organisation=place, path=place.path, title=said["title"], area="office",
                body=said, digest=said["key"], state="published",
            )  # fmt: skip
        return row

    base = put(tree.city, body("own.base", count={"source": "organisations"}))
    put(tree.county, body("own.rate", rate={"of": "own.base", "over": "members"}))
    with acting(SYSTEM):
        actor = viewer_at(tree.city, "organising")
        with pytest.raises(Refusal, match="GH-FIG-016"):
            definitions.retire(actor, figure=base, reason="不再统计")
        Figure.objects.filter(pk=base.pk).update(state="retired")  # as by an older version of the platform
        assert "own.rate" not in in_force(tree.county.path)


def test_a_new_figure_never_becomes_another_ones_next_version(tree: Any, opened: Any) -> None:
    desk = opened(tree.county)
    for _ in range(3):
        desk.post(reverse("figures:new"), {"kind": "count", "source": "memberships"})
        desk.post(reverse("figures:copy", args=["members"]))
    keys = Figure.objects.filter(organisation=tree.county).values_list("key", "version")
    assert len(keys) == 6 == len({key for key, _ in keys})


def test_nobody_composes_from_records_they_may_not_open(tree: Any, opened: Any) -> None:
    desk = opened(tree.county, "publicity")
    body = {"key": "own.x", "title": "会员", "area": "membership", "unit": "名", "count": {"source": "memberships"}}
    assert desk.get(reverse("figures:new")).status_code == 200
    with acting(SYSTEM):
        viewer = viewer_at(tree.sibling_county, "publicity")
        assert not viewer.may("member.view")
        assert [one.where for one in mistakes_of(viewer, body)] == ["count.source"]


def test_targets_are_handed_down_with_their_sum_and_answered(tree: Any, opened: Any) -> None:
    city, county = opened(tree.city), opened(tree.county)
    made = city.post(reverse("figures:target-new"), {"key": "founded", "period": _year(), "amount": "100"})
    target = Target.objects.get()
    assert made.url == reverse("figures:target", args=[target.pk])
    short = city.post(made.url, {f"share_{tree.county.pk}": "60"})
    assert short.status_code == 422 and "少40" in short.content.decode()
    assert (
        city.post(made.url, {f"share_{tree.county.pk}": "60", f"share_{tree.sibling_county.pk}": "40"}).status_code
        == 302
    )
    mine = Target.objects.get(organisation=tree.county)
    url = reverse("figures:target-answer", args=[mine.pk])
    refused = county.post(url, {"act": "ask", "counter": "0", "reason": "新建企业少"})
    assert refused.status_code == 422 and "新建企业少" in refused.content.decode()
    county.post(url, {"act": "ask", "counter": "50", "reason": "新建企业少"})
    mine.refresh_from_db()
    assert (mine.state, int(mine.counter or 0)) == ("asked", 50)
    city.post(made.url, {f"share_{tree.county.pk}": "55", f"share_{tree.sibling_county.pk}": "45"})
    county.post(url, {"act": "accept"})
    mine.refresh_from_db()
    assert (mine.state, int(mine.amount)) == ("accepted", 55)
    assert "严重落后" in county.get(reverse("figures:targets")).content.decode()
    county.post(url, {"act": "explain", "reason": "下半年集中建会"})
    assert "下半年集中建会" in city.get(reverse("figures:target", args=[mine.pk])).content.decode()


def _year() -> str:
    from django.utils import timezone

    return str(timezone.localdate().year)
