"""Micro wishes of the city: made on the phone, checked, claimed by unions, firms and volunteers, some come true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.apps.wishes import services
from gonghui.apps.wishes.choices import ClaimantKind, WishState
from gonghui.apps.wishes.models import Claim, Wish
from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.viewer import Viewer

from .business import Business

WISHES: tuple[tuple[str, str, str, int, str, str], ...] = (
    ("给女儿一套二十四色彩笔", "画画课用，水彩笔就行", "school", 60, "阿强", "快递员"),
    ("一副护膝上夜班用", "骑电动车送餐，冬天膝盖凉，男式大号", "work", 120, "小周", "网约送餐员"),
    ("一本电工考证的书", "想考中级电工，要最新版的教材和题库", "learning", 90, "新手电工", "装配工"),
    ("和孩子吃一顿团圆饭", "孩子放假来厂里住三天，想带他到县城吃顿饭", "reunion", 200, "远路妈妈", "缝纫工"),
    ("一个保温饭盒", "跑长途中午吃不上热饭，要能插车上点烟口的", "home", 150, "老陈", "货车司机"),
    ("一顶安全帽里的棉衬", "露天作业冷，普通安全帽能装的", "work", 45, "塔吊老李", "建筑工人"),
    ("一套初中数学练习册", "八年级下册，人教版", "school", 80, "三班妈妈", "环卫工人"),
    ("一盏不伤眼的台灯", "晚上看图纸自学，夹在床头的那种", "learning", 110, "夜读人", "钳工"),
)
"""Title, what exactly, category, yuan, nickname, occupation."""


class Wishes(Business):
    """Most in the union of the cast, so that its chair has some to check."""

    def run(self) -> None:
        chair = self.officers.holder(self.own, "grassroots_chair")
        rows = [self._made(number, one) for number, one in enumerate(WISHES)]
        for number, row in enumerate(rows[:6]):
            services.check(chair, wish_id=row.pk, outcome=WishState.SHOWN)
            Wish.objects.filter(pk=row.pk).update(shown_on=self.officers.back(38 - number * 5))
        services.check(
            chair, wish_id=rows[6].pk, outcome=WishState.SHOWN, sensitive=True, text="家里有病人，只给工作人员看"
        )
        county = self.officers.holder(self.county)
        self._done(rows[0], chair, self._volunteer(), ClaimantKind.VOLUNTEER, thanks="女儿抱着睡了一晚")
        self._done(rows[1], chair, county, ClaimantKind.UNION, thanks="夜里不冷了，谢谢工会")
        services.claim(chair, wish_id=rows[2].pk, kind=ClaimantKind.FIRM, name="江西安福泸水河食品有限公司")
        services.claim(county, wish_id=rows[3].pk, kind=ClaimantKind.UNION)
        services.deliver(county, wish_id=rows[3].pk, words="订好了县城饭店的一桌，周六中午")

    def _made(self, number: int, one: tuple[str, str, str, int, str, str]) -> Wish:
        """The first on the phone, the others written down by the chair."""
        title, about, category, price, nickname, occupation = one
        facts: dict[str, Any] = {
            "title": title, "about": about, "category": category, "price": price * 100, "nickname": nickname,
            "occupation": occupation,
        }  # fmt: skip
        chair = self.officers.holder(self.own, "grassroots_chair")
        row = services.write(chair, organisation=self.own, **facts)
        Wish.objects.filter(pk=row.pk).update(asked_on=self.officers.back(40 - number * 5))
        return row

    def _volunteer(self) -> Viewer:
        """A member of any other union, with an account on the phone."""
        row: Membership = self.officers.workers(Organisation.objects.get(pk=self.city.pk), 1)[0]
        return self.officers.member(row.person)

    def _done(self, row: Wish, chair: Viewer, claimant: Viewer, kind: ClaimantKind, *, thanks: str) -> None:
        made = services.claim(claimant, wish_id=row.pk, kind=kind)
        services.deliver(claimant, wish_id=row.pk, words="放在工会办公室，主席转交")
        services.confirm(chair, wish_id=row.pk, thanks=thanks)
        when = self.officers.back(9)
        Wish.objects.filter(pk=row.pk).update(done_on=when)
        Claim.objects.filter(pk=made.pk).update(
            claimed_on=when - timedelta(days=6), delivered_on=when - timedelta(days=1), ended_on=when
        )
