"""Pages of menus: the desk from the draft to the course, the phone with one tap, both with fixed statements."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from gonghui.apps.benefits import services
from gonghui.apps.benefits.models import Dish, Menu
from gonghui.kernel.models import Offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_menu import WORDS, course, make_menu, members, opened, votes


def local(**later):
    return f"{timezone.localtime() + timedelta(**later):%Y-%m-%dT%H:%M}"


def typed(**given):
    return {
        "teacher": "王秀英", "place": "文化宫", "starts_at": local(hours=2), "ends_at": local(hours=4), "lessons": "2",
        "capacity": "10", "cost": "880.50", "intro": "每周一次，零基础可学，结业发证书", "contact": "宣教部", "bring": "",
        "closes_at": "", **given,
    }  # fmt: skip


def test_the_desk_writes_a_menu_opens_it_and_answers(tree, desk, phone):
    client = desk()
    assert "还没有点课菜单" in client.get("/desk/benefits/menus/").content.decode()
    today = timezone.localdate()
    wrong = client.post(
        "/desk/benefits/menus/new", {"title": "秋", "opens_on": "", "closes_on": "", "votes": "", "threshold": "0"}
    )
    assert wrong.status_code == 422
    answer = client.post("/desk/benefits/menus/new", {
        "title": "秋季菜单", "opens_on": today, "closes_on": today + timedelta(days=9), "votes": "3", "threshold": "1",
    }, follow=True)  # fmt: skip
    assert "草稿，0门课" in answer.content.decode()
    with acting(SYSTEM):
        menu = Menu.objects.get()
    at = f"/desk/benefits/menus/{menu.pk}"
    assert client.post(f"{at}/add", {"title": "", "kind": "course", "about": ""}).status_code == 422
    client.post(f"{at}/add", {"title": "瑜伽", "kind": "course", "about": WORDS, "threshold": ""})
    mobile, _ = phone()
    assert "还没有点课菜单" in mobile.get("/m/benefits/menu/").content.decode()
    client.post(f"{at}/open")
    text = mobile.get("/m/benefits/menu/").content.decode()
    assert "1门课等您投票，您还有3票" in text and "0 / 1票" in text
    assert mobile.post(f"/m/benefits/menu/{menu.pk}/wish", {"title": "", "about": ""}).status_code == 422
    mobile.post(f"/m/benefits/menu/{menu.pk}/wish", {"title": "爵士舞", "about": WORDS})
    assert "会员点的1门课待审核" in client.get("/desk/").content.decode()
    with acting(SYSTEM):
        yoga, jazz = Dish.objects.order_by("pk")
    assert "不开要写" not in client.get(f"/desk/benefits/menus/dishes/{jazz.pk}/").content.decode()
    refused = client.post(f"/desk/benefits/menus/dishes/{jazz.pk}/review", {"act": "decline", "reason": ""})
    assert refused.status_code == 422
    client.post(f"/desk/benefits/menus/dishes/{jazz.pk}/review", {"act": "decline", "reason": "暂时没有老师"})
    assert "暂时没有老师" in mobile.get("/m/benefits/menu/").content.decode()
    mobile.post(f"/m/benefits/menu/dishes/{yoga.pk}/vote")
    assert "已投" in mobile.get("/m/benefits/menu/").content.decode()
    assert "“瑜伽”有1票，可以开课" in client.get("/desk/").content.decode()
    assert "1门达到票数等开课" in client.get(f"{at}/").content.decode()


def test_clashes_stand_on_the_page_before_anything_is_opened(tree, staff, desk, phone):
    _, (yoga, ink) = make_menu(tree, staff, "瑜伽", "书法", threshold=1)
    [one] = members(tree, 1)
    votes(one, yoga)
    client = desk()
    at = f"/desk/benefits/menus/dishes/{yoga.pk}"
    looked = client.post(f"{at}/course", typed(look="1"))
    assert "没有时间冲突" in looked.content.decode()
    answer = client.post(f"{at}/course", typed(), follow=True)
    assert "“瑜伽”已开课" in answer.content.decode()
    second = f"/desk/benefits/menus/dishes/{ink.pk}/course"
    assert client.post(second, typed(reason="", despite="on")).status_code == 422
    clashing = client.post(second, typed(reason="老师难请"))
    text = clashing.content.decode()
    assert clashing.status_code == 422 and "2处时间冲突" in text and "同一位老师" in text
    with acting(SYSTEM):
        assert Offer.objects.count() == 1 and Dish.objects.get(pk=yoga.pk).cost == 88050
    client.post(second, typed(reason="老师难请", despite="on"))
    mobile, _ = phone()
    text = mobile.get("/m/benefits/menu/").content.decode()
    assert "提前开课：老师难请" in text and "可以报名" in text


def test_who_voted_is_told_and_a_neighbour_sees_nothing(tree, staff, phone, desk):
    menu, [yoga] = make_menu(tree, staff, "瑜伽", threshold=1)
    mobile, _ = phone()
    mobile.post(f"/m/benefits/menu/dishes/{yoga.pk}/vote")
    mobile.post(f"/m/benefits/menu/dishes/{yoga.pk}/vote", {"off": "1"})
    mobile.post(f"/m/benefits/menu/dishes/{yoga.pk}/vote")
    opened(staff, yoga)
    assert "您点的“瑜伽”开班了" in mobile.get("/m/notices/").content.decode()
    far = desk("publicity", tree.other_city, "far")
    for address in (f"{menu.pk}/", f"dishes/{yoga.pk}/"):
        assert far.get(f"/desk/benefits/menus/{address}").status_code == 404
    stranger, _ = phone("曾玉珍", organisation=tree.other_union)
    assert stranger.post(f"/m/benefits/menu/dishes/{yoga.pk}/vote").status_code == 404
    assert stranger.post(f"/m/benefits/menu/{menu.pk}/wish").status_code == 404


def test_pages_ask_a_fixed_number_of_times(tree, staff, phone, desk, django_assert_num_queries):
    menu, dishes = make_menu(tree, staff, "瑜伽", "书法", threshold=1)
    one, _ = members(tree, 2)
    votes(one, *dishes)
    opened(staff, dishes[0])
    (mobile, _), client = phone(), desk()
    pages = (
        (mobile, "/m/benefits/menu/", MEMBER), (client, f"/desk/benefits/menus/{menu.pk}/", MENU),
        (client, "/desk/benefits/menus/", LIST),
    )  # fmt: skip
    for browser, address, count in pages:
        browser.get(address)
        with django_assert_num_queries(count):
            assert browser.get(address).status_code == 200
    with acting(staff):
        for title in ("茶艺", "插花", "摄影"):
            services.add_dish(staff, menu_id=menu.pk, title=title, about=WORDS)
    opened(staff, dishes[1], course(place="图书馆", teacher="李敏"))
    for browser, address, count in pages:
        with django_assert_num_queries(count):
            browser.get(address)


MEMBER, MENU, LIST = 11, 18, 17
