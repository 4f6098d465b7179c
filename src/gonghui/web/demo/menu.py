"""你点菜，我买单: Xingan's menu of the year with its courses held, and a menu of the city that may be voted on now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.utils import timezone

from gonghui.apps.benefits import services as benefits
from gonghui.apps.benefits.models import Dish, Menu
from gonghui.apps.benefits.rules import lessons
from gonghui.apps.benefits.services import Course
from gonghui.kernel.models import Account, Claim, Membership, Organisation
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.viewer import Viewer

from .business import Business
from .officers import Officers

XINGAN = "新干县总工会"
VOTERS, EACH, PLACES, LESSONS = 72, 3, 28, 4
"""Who votes, with how many votes; who comes to each course, how often."""
AWAY = 16
"""One of so many is missing from each lesson."""


@dataclass(frozen=True)
class Wish:
    """One course that was wished for and held; `hour` in the evening or at the weekend, cost in yuan."""

    title: str
    about: str
    teacher: str
    place: str
    hour: int
    cost: int


COURSES: Final = (
    Wish("瑜伽", "下班以后放松肩颈，零基础可学。", "聂晓燕", "新干县工人文化宫舞蹈室", 19, 4_800),
    Wish("书法", "从握笔到写春联，笔墨现场提供。", "杨文斌", "新干县工人文化宫书画室", 19, 3_600),
    Wish("爵士舞", "跟着节拍学两支成品舞。", "曾雨婷", "新干县工人文化宫舞蹈室", 19, 4_800),
    Wish("烘焙", "面包、曲奇和生日蛋糕，做好带回家。", "邹丽", "新干县职工之家烘焙室", 14, 6_400),
    Wish("插花", "节日花束和桌花，花材由工会准备。", "黄雪梅", "新干县职工之家活动室", 14, 5_200),
    Wish("茶艺", "认茶、泡茶和待客的礼数。", "皮国华", "新干县职工之家活动室", 19, 3_000),
    Wish("手机摄影", "构图、用光和修图，拍好家人和班组。", "廖志刚", "新干县工人文化宫书画室", 14, 2_800),
    Wish("短视频剪辑", "从拍到发，一部手机就够。", "傅鹏", "新干县工人文化宫电教室", 19, 3_200),
    Wish("声乐", "合唱和气息，国庆上台唱一首。", "陈静怡", "新干县工人文化宫排练厅", 19, 3_600),
    Wish("太极拳", "二十四式简化太极拳，早上练。", "习水根", "新干县工人文化宫广场", 7, 2_400),
    Wish("剪纸", "窗花和团花，孩子可以一起来。", "袁秀兰", "新干县职工之家活动室", 9, 2_000),
    Wish("八段锦", "久坐的人练一练，每次二十分钟见汗。", "习水根", "新干县工人文化宫广场", 18, 2_400),
)
"""The last one was wished for by a member."""
NOW: Final = (
    ("智能手机课", "挂号、缴费、防诈骗，有人手把手教。"), ("尤克里里", "四根弦，四周弹一首。"), ("羽毛球", "有教练纠正动作，球拍可以借。"),
    ("心理减压", "呼吸、冥想和倾诉，小班。"), ("赣菜家常菜", "八道拿手菜，带一份回家。"),
)  # fmt: skip


class Menus(Business):
    """Xingan's publicity officer; members vote by their own accounts, those who come are ticked off a list."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
        self.place = Organisation.objects.get(name=XINGAN)
        self.editor = officers.holder(self.place, "publicity")

    def run(self) -> None:
        people = list(self._people(self.place, VOTERS + PLACES))
        menu, dishes = self._menu(people)
        self._votes(dishes, people[:VOTERS])
        for number, (dish, wish) in enumerate(zip(dishes, COURSES, strict=True)):
            self._held(dish, wish, number, people)
        with quotas.at(self._at(-96, 17)):
            benefits.close_menu(self.editor, menu_id=menu.pk)
        self._open_now()

    def _at(self, days: int, hour: int) -> datetime:
        return self.now.replace(hour=hour) + timedelta(days=days)

    def _people(self, place: Organisation, count: int) -> Iterator[Membership]:
        """Members who are none of the cast."""
        cast = Account.objects.filter(person__isnull=False).values("person_id")
        rows = Membership.objects.filter(valid_to__isnull=True, status="active").exclude(person__in=cast)
        rows = rows.filter(path__gte=place.path, path__lt=place.path + "~").select_related("person")
        return islice(rows.order_by("pk").iterator(), count)

    # -- the year's menu -----------------------------------------------------------------------------------

    def _menu(self, people: list[Membership]) -> tuple[Menu, list[Dish]]:
        """The menu with all but the last course by staff, and one wish too many."""
        wished = COURSES[-1]
        with quotas.at(self._at(-150, 9)):
            menu = benefits.create_menu(
                self.editor, organisation=self.place, title="“你点菜，我买单”公益培训菜单",
                opens_on=self.officers.back(150), closes_on=self.officers.back(110), votes=EACH, threshold=12,
            )  # fmt: skip
            dishes = [
                benefits.add_dish(self.editor, menu_id=menu.pk, title=one.title, about=one.about)
                for one in COURSES[:-1]
            ]
            benefits.add_dish(self.editor, menu_id=menu.pk, title="围棋", about="从吃子开始，学完能下一盘。")
            benefits.open_menu(self.editor, menu_id=menu.pk)
        with quotas.at(self._at(-148, 20)):
            member = self.officers.member(people[0].person)
            dish = benefits.propose(member, menu_id=menu.pk, title=wished.title, about=wished.about)
            other = self.officers.member(people[1].person)
            second = benefits.propose(other, menu_id=menu.pk, title="增驾大货车", about="想考A2驾照，学费能不能报。")
        with quotas.at(self._at(-147, 9)):
            benefits.review_dish(self.editor, dish_id=dish.pk, approve=True)
            benefits.review_dish(
                self.editor, dish_id=second.pk, approve=False, reason="驾驶证培训走技能提升补贴，可以到窗口申请"
            )
        return menu, [*dishes, dish]

    def _votes(self, dishes: list[Dish], voters: list[Membership]) -> None:
        """Every voter gives each vote to another dish, so that all come to a like number."""
        for number, one in enumerate(voters):
            member = self.officers.member(one.person)
            with quotas.at(self._at(-145 + number % 30, 20)):
                for step in range(EACH):
                    benefits.vote(member, dish_id=dishes[(number + 4 * step) % len(dishes)].pk)

    def _held(self, dish: Dish, wish: Wish, number: int, people: list[Membership]) -> None:
        starts = self._at(-92 + number % 6, wish.hour)
        course = Course(
            teacher=wish.teacher, place=wish.place, starts_at=starts, ends_at=starts + timedelta(minutes=90),
            capacity=PLACES + 2, cost=wish.cost * 100, lessons=LESSONS, intro=f"{wish.about}每周一次，费用由工会承担。",
            contact=f"{XINGAN}，12351转工会",
        )  # fmt: skip
        with quotas.at(self._at(-108, 10)):
            opened = benefits.open_course(self.editor, dish_id=dish.pk, course=course)
        assert opened.offer is not None
        session = opened.offer.sessions.get()
        voters = [one for at, one in enumerate(people[:VOTERS]) if (number - at) % len(COURSES) in (0, 4, 8)]
        came = [*voters, *(one for one in people if one not in voters)][:PLACES]
        claims = []
        with quotas.at(self._at(-105, 10)):
            for one in came:
                claims.append(
                    quotas.grant(self.editor, session_id=session.pk, person_id=one.person_id, why="点课报名登记")
                )
        self._came(self.editor, claims, course)
        with quotas.at(self._at(-60, 20)):
            for at, one in enumerate(came[:4]):
                member = self.officers.member(one.person)
                benefits.rate(member, offer_id=opened.offer_id, stars=5 - (number + at) % 7 // 5, words="")

    def _came(self, actor: Viewer, claims: list[Claim], course: Course) -> None:
        """Ticked off the list lesson by lesson; one in a few is missing."""
        for week, (begin, _) in enumerate(lessons.times(course.starts_at, course.ends_at, course.lessons)):
            with quotas.at(begin + timedelta(minutes=5)):
                came = [claim.pk for at, claim in enumerate(claims) if (at + 5 * week) % AWAY]
                quotas.tick_off(actor, session_id=claims[0].session_id, claims=came)

    # -- now -----------------------------------------------------------------------------------------------

    def _open_now(self) -> None:
        """The city's menu: the cast may vote."""
        editor = self.officers.holder(self.city, "publicity")
        with quotas.at(self._at(-8, 9)):
            menu = benefits.create_menu(
                editor, organisation=self.city, title="职工夜校点课菜单", opens_on=self.officers.back(8),
                closes_on=self.officers.back(-20), threshold=15,
            )  # fmt: skip
            dishes = [benefits.add_dish(editor, menu_id=menu.pk, title=title, about=about) for title, about in NOW]
            benefits.open_menu(editor, menu_id=menu.pk)
        people = list(self._people(self.place, VOTERS))
        for number, one in enumerate(people[:18]):
            member = self.officers.member(one.person)
            with quotas.at(self._at(-6 + number % 5, 20)):
                for pick in {0, 1 + number % 4}:
                    if number < 16 or pick:
                        benefits.vote(member, dish_id=dishes[pick].pk)
        with quotas.at(self._at(-2, 20)):
            member = self.officers.member(people[20].person)
            benefits.propose(member, menu_id=menu.pk, title="手语", about="想和聋人同事说上话，晚上有空。")
