"""A wish from making to thanks: shown without a name, claimed by one, lapsed, confirmed; who sees what."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from gonghui.apps.wishes import queries, services
from gonghui.apps.wishes.choices import ClaimantKind, WishState
from gonghui.apps.wishes.models import Claim, Wish, WishOwner
from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import Tree, make_account, make_member, viewer_at
from gonghui.kernel.files.services import stored_bytes
from gonghui.kernel.models import Membership, TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import OUTSIDER, SYSTEM, Viewer
from gonghui.web.registry import member_tasks, tasks

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "title": "给女儿一套彩笔", "about": "二十四色，画画课用", "category": "school", "price": 6_000, "nickname": "阿强",
    "occupation": "快递员",
}  # fmt: skip


def jpeg() -> bytes:
    """A photograph with what a phone writes into it, and something behind its end."""
    exif = Image.Exif()
    exif[0x010F] = "GPS 27.3930,114.6201"
    out = io.BytesIO()
    Image.new("RGB", (40, 20), (180, 40, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue() + b"GPS behind the end"


PICTURE = jpeg()


@dataclass
class Stage:
    tree: Tree
    wisher: Viewer
    neighbour: Viewer
    outsider: Viewer
    chair: Viewer
    county: Viewer
    elsewhere: Viewer
    today: date

    def shown(self, **more: Any) -> Wish:
        with acting(self.wisher):
            row = services.make(self.wisher, **FACTS | more)
        with acting(self.chair):
            return services.check(self.chair, wish_id=row.pk, outcome=WishState.SHOWN)


def member(row: Membership, username: str) -> Viewer:
    return viewer_of_member(make_account(username, row.person.name, "member", row.person))


@pytest.fixture
def stage(tree: Tree) -> Iterator[Stage]:
    with acting(SYSTEM):
        yield Stage(
            tree,
            member(tree.insider, "w-insider"),
            member(tree.neighbour, "w-neighbour"),
            member(tree.outsider, "w-outsider"),
            viewer_at(tree.union, "grassroots_chair", "w-chair"),
            viewer_at(tree.county, username="w-county"),
            viewer_at(tree.other_union, "grassroots_chair", "w-elsewhere"),
            timezone.localdate(),
        )


def refused(code: str, call: Any, *args: Any, **facts: Any) -> None:
    with pytest.raises(Refusal) as found:
        call(*args, **facts)
    assert found.value.code == code


def test_from_making_to_thanks(stage: Stage) -> None:
    row = stage.shown()
    with acting(stage.outsider):
        made = services.claim(stage.outsider, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
        assert made.due_on == stage.today + timedelta(days=15)
    with acting(stage.neighbour):
        refused("GH-WSH-011", services.claim, stage.neighbour, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
        refused("GH-WSH-014", services.deliver, stage.neighbour, wish_id=row.pk, words="送到工会了")
    with acting(stage.outsider):
        refused(
            "GH-WSH-015", services.deliver, stage.outsider, wish_id=row.pk, words="放在工会办公室", picture=b"GIF89a"
        )
        services.deliver(stage.outsider, wish_id=row.pk, words="放在工会办公室", picture=PICTURE)
    with acting(SYSTEM):
        proof = Claim.objects.get().proof
        assert proof is not None and proof.content_type == "image/jpeg"
        with stored_bytes(proof) as stream:
            assert b"GPS" in PICTURE and b"GPS" not in stream.read()
    with acting(stage.wisher):
        assert [one.title for one in member_tasks(stage.wisher) if one.category == "微心愿"] == [
            "送到了吗：给女儿一套彩笔"
        ]
        services.not_arrived(stage.wisher, wish_id=row.pk)
    with acting(stage.outsider):
        services.deliver(stage.outsider, wish_id=row.pk, words="交给了主席本人")
        refused("GH-WSH-008", services.confirm, stage.outsider, wish_id=row.pk)
    with acting(stage.wisher):
        services.confirm(stage.wisher, wish_id=row.pk, thanks="女儿很喜欢")
    with acting(OUTSIDER):
        found = queries.wall().get()
        assert (found.state, found.thanks, found.claimed_by) == ("done", "女儿很喜欢", "志愿者")
        assert not Claim.objects.exists() and not WishOwner.objects.exists()


def test_one_claimant_even_below_the_service(stage: Stage) -> None:
    row = stage.shown()
    with acting(stage.elsewhere):
        made = services.claim(stage.elsewhere, wish_id=row.pk, kind=ClaimantKind.FIRM, name="瑞金红井电子公司")
        assert queries.claims(stage.elsewhere).get() == made and made.claimant_path
    take_scope_of(SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            path=row.path, wish=row, kind="union", name="别家", claimed_on=stage.today, due_on=stage.today
        )
    assert Wish.objects.get().claimed_by == "瑞金红井电子公司"


def test_a_claim_that_is_not_kept_gives_the_wish_back(stage: Stage) -> None:
    row = stage.shown()
    take_scope_of(SYSTEM)
    services.claim(stage.neighbour, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    take_scope_of(SYSTEM)
    assert services.lapse(stage.today + timedelta(days=15)) == 0
    assert services.lapse(stage.today + timedelta(days=16)) == 1
    take_scope_of(SYSTEM)
    assert Wish.objects.get().state == "shown" and Claim.objects.get().state == "lapsed"
    services.claim(stage.chair, wish_id=row.pk, kind=ClaimantKind.UNION)
    services.drop(stage.chair, wish_id=row.pk)
    assert Wish.objects.get().state == "shown" and Wish.objects.get().claimed_by == ""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"price": 30_001}, "GH-WSH-003"),
        ({"price": 0}, "GH-WSH-003"),
        ({"title": "笔"}, "GH-WSH-002"),
        ({"category": "car"}, "GH-WSH-004"),
        ({"nickname": "刘细妹"}, "GH-WSH-005"),
        ({"about": "我是刘细妹，要彩笔"}, "GH-WSH-005"),
        ({"title": "刘细妹想要一套彩笔"}, "GH-WSH-005"),
        ({"occupation": "快递员刘细妹"}, "GH-WSH-005"),
    ],
)
def test_what_cannot_be_wished_for(stage: Stage, wrong: dict[str, Any], code: str) -> None:
    refused(code, services.make, stage.wisher, **FACTS | wrong)


def test_thanks_name_nobody(stage: Stage) -> None:
    row = stage.shown()
    take_scope_of(SYSTEM)
    services.claim(stage.outsider, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    services.deliver(stage.outsider, wish_id=row.pk, words="放在工会办公室")
    for person in (stage.tree.insider.person, stage.tree.outsider.person):
        for actor in (stage.wisher, stage.chair):
            refused("GH-WSH-005", services.confirm, actor, wish_id=row.pk, thanks=f"谢谢，{person.name}")
    services.confirm(stage.wisher, wish_id=row.pk, thanks="女儿很喜欢")


def test_what_hangs_on_the_wall_can_be_taken_off(stage: Stage) -> None:
    rows = {state: stage.shown() for state in ("shown", "claimed")}
    take_scope_of(SYSTEM)
    refused("GH-WSH-002", services.take_down, stage.chair, wish_id=rows["shown"].pk, reason="")
    services.take_down(stage.chair, wish_id=rows["shown"].pk, reason="写了孩子的学校和班级")
    told = TrailRecord.objects.get(verb="wishes.taken_down")
    assert told.reason == "写了孩子的学校和班级" and told.subject_id is None
    refused("GH-WSH-009", services.take_down, stage.chair, wish_id=rows["shown"].pk, reason="再撤下一次看看")
    services.claim(stage.outsider, wish_id=rows["claimed"].pk, kind=ClaimantKind.VOLUNTEER)
    with acting(stage.elsewhere):
        refused("GH-WSH-008", services.take_down, stage.elsewhere, wish_id=rows["claimed"].pk, reason="不是自己的心愿")
    take_scope_of(SYSTEM)
    services.take_down(stage.county, wish_id=rows["claimed"].pk, reason="职工来电说不需要了")
    assert Claim.objects.get().state == "ended"
    with acting(OUTSIDER):
        assert not Wish.objects.exists()
    with acting(stage.outsider):
        refused("GH-WSH-014", services.deliver, stage.outsider, wish_id=rows["claimed"].pk, words="放在工会办公室")
        assert queries.for_member(stage.outsider, rows["claimed"].pk) and not queries.free().exists()
        assert [one.state for one in queries.claims(stage.outsider)] == ["ended"]
        assert queries.for_member(stage.outsider, rows["shown"].pk) is None
    with acting(stage.neighbour):
        assert queries.for_member(stage.neighbour, rows["claimed"].pk) is None
    take_scope_of(SYSTEM)
    done = stage.shown()
    take_scope_of(SYSTEM)
    services.claim(stage.elsewhere, wish_id=done.pk, kind=ClaimantKind.UNION)
    services.deliver(stage.elsewhere, wish_id=done.pk, words="寄到了工会办公室")
    services.confirm(stage.wisher, wish_id=done.pk, thanks="谢谢三班的李老师")
    services.take_down(stage.chair, wish_id=done.pk, reason="感谢的话里有别人的姓")
    assert Wish.objects.get(pk=done.pk).done_on == stage.today and not queries.wall().exists()


def test_what_an_officer_wrote_and_got_back_is_mended_at_the_desk(stage: Stage) -> None:
    row = services.write(stage.chair, organisation=stage.tree.union, **FACTS)
    own = services.make(stage.wisher, **FACTS)
    for one in (row, own):
        services.check(stage.county, wish_id=one.pk, outcome=WishState.RETURNED, text="写明彩笔的颜色数")
    desk = client_of(stage.chair)
    assert any(one.title == "1个代为登记的微心愿退回修改" for one in tasks(stage.chair))
    typed = FACTS | {"price": "60", "about": "二十四色的水彩笔"}
    assert "重新提交" in text(desk.get(url("one", row.pk))) and "重新提交" not in text(desk.get(url("one", own.pk)))
    assert "不超过300元" in text(desk.post(url("mend", row.pk), typed | {"price": "301"}), 422)
    assert "已重新提交" in text(desk.post(url("mend", row.pk), typed, follow=True))
    row.refresh_from_db()
    assert (row.state, row.about) == ("asked", "二十四色的水彩笔")
    refused("GH-WSH-016", services.mend, stage.chair, wish_id=own.pk, **FACTS)
    refused("GH-WSH-016", services.withdraw, stage.chair, wish_id=own.pk)
    refused("GH-WSH-008", services.withdraw, stage.elsewhere, wish_id=row.pk)
    desk.post(url("act", row.pk), {"act": "withdraw"})
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_whose_it_is_is_told_to_the_own_union_for_a_reason(stage: Stage) -> None:
    row = stage.shown()
    take_scope_of(SYSTEM)
    name, desk = stage.tree.insider.person.name, client_of(stage.chair)
    why = {"wish_id": row.pk, "reason": "东西到了，通知本人来领"}
    refused("GH-WSH-018", services.show_owner, stage.county, **why)
    refused("GH-WSH-008", services.show_owner, stage.elsewhere, **why)
    assert "查看是谁的心愿" not in text(client_of(stage.county).get(url("one", row.pk)))
    assert name not in text(desk.get(url("one", row.pk)))
    assert name not in text(desk.post(url("owner", row.pk), {"reason": ""}), 422)
    assert not TrailRecord.objects.filter(verb="wishes.owner_shown").exists()
    shown = desk.post(url("owner", row.pk), {"reason": why["reason"]})
    assert name in text(shown) and shown["Cache-Control"] == "no-store"
    told = TrailRecord.objects.get(verb="wishes.owner_shown")
    assert (told.reason, told.subject_id) == (why["reason"], stage.tree.insider.person_id)
    assert told.object_id == "" and row.title not in f"{told.object_name}{told.detail}"
    written = services.write(stage.chair, organisation=stage.tree.union, **FACTS)
    refused("GH-WSH-019", services.show_owner, stage.chair, **why | {"wish_id": written.pk})


def test_who_brought_it_does_not_say_that_it_came(stage: Stage) -> None:
    row = services.write(stage.chair, organisation=stage.tree.union, **FACTS)
    services.check(stage.chair, wish_id=row.pk, outcome=WishState.SHOWN)
    services.claim(stage.chair, wish_id=row.pk, kind=ClaimantKind.UNION)
    services.deliver(stage.chair, wish_id=row.pk, words="在工会办公室交给本人")
    refused("GH-WSH-017", services.confirm, stage.chair, wish_id=row.pk)
    assert "确认实现" not in text(client_of(stage.chair).get(url("one", row.pk)))
    assert "确认实现" in text(client_of(stage.county).get(url("one", row.pk)))
    services.confirm(stage.county, wish_id=row.pk)
    assert Wish.objects.get().state == "done"


def test_each_claim_has_its_own_picture(stage: Stage) -> None:
    row = stage.shown()
    take_scope_of(SYSTEM)
    services.claim(stage.outsider, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    services.deliver(stage.outsider, wish_id=row.pk, words="放在工会办公室", picture=PICTURE)
    services.not_arrived(stage.wisher, wish_id=row.pk)
    services.drop(stage.outsider, wish_id=row.pk)
    services.claim(stage.neighbour, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    first, second = Claim.objects.order_by("pk")
    desk = client_of(stage.chair)
    assert text(desk.get(url("one", row.pk))).count(url("proof", first.pk)) == 1
    assert desk.get(url("proof", first.pk)).status_code == 200
    assert desk.get(url("proof", second.pk)).status_code == 404
    assert client_of(stage.elsewhere).get(url("proof", first.pk)).status_code == 404


def test_taken_down_is_told_on_both_phones(stage: Stage) -> None:
    row = stage.shown()
    take_scope_of(SYSTEM)
    desk, giver = client_of(stage.chair), client_of(stage.outsider)
    giver.post(url("m-act", row.pk), {"act": "claim"})
    assert "没有填写" in text(desk.post(url("down", row.pk), {}), 422)
    page = text(desk.post(url("down", row.pk), {"reason": "写了孩子的学校和班级"}, follow=True))
    assert "已从心愿墙撤下" in page and "从心愿墙撤下</button>" not in page
    assert "写了孩子的学校和班级" in text(client_of(stage.wisher).get(url("m-one", row.pk)))
    page = text(giver.get(url("m-one", row.pk)))
    assert "不用再送" in page and "写了孩子的学校和班级" not in page
    assert "心愿已撤下" in text(giver.get(url("m-home")))
    assert "给女儿一套彩笔" not in text(Phone().get(url("wall")))


def test_so_many_at_a_time_and_none_without_a_membership(stage: Stage) -> None:
    for _ in range(2):
        services.make(stage.wisher, **FACTS)
    refused("GH-WSH-006", services.make, stage.wisher, **FACTS)
    refused("GH-WSH-001", services.make, stage.chair, **FACTS)
    row = Wish.objects.order_by("pk").first()
    assert row is not None
    services.check(stage.chair, wish_id=row.pk, outcome=WishState.SHOWN)
    refused("GH-WSH-012", services.claim, stage.wisher, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    services.withdraw(stage.wisher, wish_id=row.pk)
    services.make(stage.wisher, **FACTS)


def test_a_volunteer_takes_no_more_than_can_be_kept(stage: Stage) -> None:
    with acting(SYSTEM):
        rows = [services.write(stage.chair, organisation=stage.tree.union, **FACTS) for _ in range(4)]
        for row in rows:
            services.check(stage.chair, wish_id=row.pk, outcome=WishState.SHOWN)
    for row in rows[:3]:
        services.claim(stage.neighbour, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    refused("GH-WSH-013", services.claim, stage.neighbour, wish_id=rows[3].pk, kind=ClaimantKind.VOLUNTEER)


def test_a_sensitive_wish_is_for_staff_alone(stage: Stage) -> None:
    with acting(stage.wisher):
        row = services.make(stage.wisher, **FACTS)
    with acting(stage.chair):
        services.check(stage.chair, wish_id=row.pk, outcome=WishState.SHOWN, sensitive=True)
    with acting(OUTSIDER):
        assert not Wish.objects.exists()
    with acting(stage.neighbour):
        refused("GH-WSH-008", services.claim, stage.neighbour, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
        assert queries.for_member(stage.neighbour, row.pk) is None
    with acting(stage.elsewhere):
        refused("GH-WSH-008", services.claim, stage.elsewhere, wish_id=row.pk, kind=ClaimantKind.UNION)
        assert queries.one(stage.elsewhere, row.pk) is None
    with acting(stage.wisher):
        assert queries.for_member(stage.wisher, row.pk) == row
    with acting(stage.county):
        services.claim(stage.county, wish_id=row.pk, kind=ClaimantKind.UNION)


def test_whose_wish_it_is_stands_nowhere_but_with_the_union(stage: Stage) -> None:
    row = stage.shown()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT w::text FROM wish w")
        assert all(stage.tree.insider.person.name not in text for (text,) in cursor.fetchall())
    for viewer in (OUTSIDER, stage.neighbour, stage.elsewhere):
        with acting(viewer):
            assert Wish.objects.filter(pk=row.pk).exists() and not WishOwner.objects.exists()
    with acting(stage.chair):
        assert WishOwner.objects.get().person == stage.tree.insider.person
    with acting(SYSTEM):
        told = TrailRecord.objects.filter(verb="wishes.checked").get()
        assert told.subject_id is None


class Phone(Client):
    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        take_scope_of(SYSTEM)
        return answer


def client_of(viewer: Viewer) -> Phone:
    client = Phone()
    client.force_login(Account.objects.get(pk=viewer.account_id))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"wishes:{name}", args=args)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:1500]
    return str(answer.content.decode())


def test_on_the_phone_and_at_the_desk(stage: Stage) -> None:
    wisher, other, desk = client_of(stage.wisher), client_of(stage.outsider), client_of(stage.chair)
    typed = FACTS | {"price": "60"}
    assert "不超过300元" in text(wisher.post(url("m-new"), typed | {"price": "301"}), 422)
    made = wisher.post(url("m-new"), typed)
    row = Wish.objects.get()
    assert made.url == url("m-one", row.pk) and row.price == 6_000
    assert other.get(url("m-one", row.pk)).status_code == 404
    assert "现在没有等认领的心愿" in text(Phone().get(url("wall")))
    assert "看全部类别" in text(Phone().get(url("wall"), {"category": "other"}))
    assert any(one.title == "1个微心愿待核对" for one in tasks(stage.chair))
    assert "理由要4至200个字" in text(desk.post(url("check", row.pk), {"act": "returned", "text": ""}), 422)
    desk.post(url("check", row.pk), {"act": "returned", "text": "写明彩笔的颜色数"})
    assert "写明彩笔的颜色数" in text(wisher.get(url("m-one", row.pk)))
    wisher.post(url("m-mend", row.pk), typed | {"about": "二十四色的水彩笔"})
    desk.post(url("check", row.pk), {"act": "shown"})
    page = text(Phone().get(url("wall")))
    assert "给女儿一套彩笔" in page and "阿强" in page and "约60元" in page and "刘细妹" not in page
    assert "已认领" in text(other.post(url("m-act", row.pk), {"act": "claim"}, follow=True))
    assert "志愿者" in text(desk.get(url("one", row.pk))) and "等认领方送到" in text(desk.get(url("one", row.pk)))
    other.post(url("m-deliver", row.pk), {"words": "放在工会办公室"})
    page = text(wisher.post(url("m-act", row.pk), {"act": "confirm", "thanks": "女儿很喜欢"}, follow=True))
    assert "已实现" in page
    assert "女儿很喜欢" in text(Phone().get(url("wall")))
    written = text(desk.post(url("new"), typed | {"title": "一副护膝上夜班", "organisation": ""}, follow=True))
    assert "工作人员代为登记" in written
    second = Wish.objects.latest("pk")
    desk.post(url("check", second.pk), {"act": "shown"})
    away = client_of(stage.elsewhere)
    assert "别处等认领的" in text(away.get(url("list")))
    away.post(url("claim", second.pk), {"kind": "union", "name": ""})
    away.post(url("deliver", second.pk), {"words": "寄到了工会"})
    assert "瑞金市红井电子有限公司工会委员会" in Wish.objects.get(pk=second.pk).claimed_by
    desk.post(url("act", second.pk), {"act": "confirm", "thanks": ""})
    assert Wish.objects.get(pk=second.pk).state == "done"
    assert text(client_of(stage.county).get(url("list"))).count("已实现") >= 2


def test_a_member_of_another_union_sees_the_wall_only(stage: Stage) -> None:
    with acting(SYSTEM):
        other = member(make_member(stage.tree.sibling_union, "钟小燕"), "w-other")
    row = stage.shown()
    page = text(client_of(other).get(url("m-home")))
    assert "给女儿一套彩笔" in page and "我的心愿" not in page
    assert "我来实现" in text(client_of(other).get(url("m-one", row.pk)))
