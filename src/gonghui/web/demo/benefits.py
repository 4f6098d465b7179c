"""A year of what unions offer: vouchers, check-ups, evening classes, rest cures; claimed, waited for, drawn, used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from gonghui.apps.benefits import services as benefits
from gonghui.apps.benefits.rules import slots
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.models import Account, Claim, Membership, Offer, Organisation, Post, Session
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.services import SessionPlan, Share
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .business import Business, Clerk
from .officers import Officers
from .people import identity_number

DRIVERS = {"field": "new_form", "is": "truck_driver"}
SECRET = "职工代表抽签用的一句话"


@dataclass(frozen=True)
class Plan:
    """One offer: days count from today, the past is negative; sessions are (title, day, hour, hours, place, places)."""

    kind: str
    title: str
    intro: str
    opens: float
    closes: float
    sessions: tuple[tuple[str, float | None, int, int, str, int], ...]
    allocation: str = "first_come"
    audience: dict[str, Any] = field(default_factory=dict)
    subsidy: int = 0
    price: int = 0
    uses: int = 1
    each: int = 1
    waits: int = 0
    series: str = ""
    bring: str = ""
    teacher: str = ""
    shares: tuple[Share, ...] = ()
    weights: tuple[dict[str, Any], ...] = ()
    trip: dict[str, Any] | None = None
    facts: tuple[tuple[str, str], ...] = ()


class Giving(Clerk):
    """Makes offers and gives their places, of any body; days count from today, the past is negative."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.now = timezone.now().replace(minute=0, second=0, microsecond=0)
        self._keys = 0
        cast = Account.objects.filter(person__isnull=False).values("person_id")
        members = Membership.objects.filter(valid_to__isnull=True, status="active").exclude(person__in=cast)
        self._ordinary = members.select_related("person").order_by("pk")

    def _at(self, days: float, hour: int | None = None) -> datetime:
        when = self.now + timedelta(days=days)
        return when if hour is None else timezone.localtime(when).replace(hour=hour)

    def _key(self) -> UUID:
        self._keys += 1
        return UUID(int=0x6F0000000000 + self._keys, version=4)

    def _drafted(self, actor: Viewer, place: Organisation, plan: Plan, provider: int | None = None) -> Offer:
        plans = [
            SessionPlan(
                title=title, capacity=places, place=where, teacher=plan.teacher, shares=plan.shares,
                starts_at=self._at(day, hour) if day is not None else None,
                ends_at=self._at(day, hour) + timedelta(hours=hours) if day is not None else None,
            )
            for title, day, hour, hours, where, places in plan.sessions
        ]  # fmt: skip
        offer = {
            "title": plan.title, "allocation": plan.allocation, "opens_at": self._at(plan.opens),
            "closes_at": self._at(plan.closes), "audience": plan.audience, "waits": plan.waits, "uses": plan.uses, "each": plan.each,
            "weights": list(plan.weights),
        }  # fmt: skip
        page = {
            "kind": plan.kind, "intro": plan.intro, "series": plan.series, "bring": plan.bring, "price": plan.price,
            "subsidy": plan.subsidy,
            "facts": [{"title": title, "text": text} for title, text in plan.facts], "contact": f"{place.name}，12351转工会", "provider_id": provider,
        }  # fmt: skip
        with quotas.at(self._at(min(plan.opens, 0) - 1)):
            return benefits.draft(actor, organisation=place, typed=benefits.Draft(offer, page, plans, trip=plan.trip))

    def _made(self, actor: Viewer, place: Organisation, plan: Plan, **how: Any) -> Offer:
        drawing = {name: how.pop(name) for name in ("parties", "outside") if name in how}
        offer = self._drafted(actor, place, plan, **how)
        with quotas.at(self._at(min(plan.opens, 0) - 1)):
            benefits.publish(actor, offer_id=offer.pk, **drawing)
        return offer

    def _people(self, place: Organisation, count: int, skip: int = 0, **facts: Any) -> Iterator[Membership]:
        rows = self._ordinary.filter(path__gte=place.path, path__lt=place.path + "~", **facts)
        yield from rows[skip : skip + count]

    def _given(self, actor: Viewer, offer: Offer, people: Iterator[Membership], days: float) -> list[Claim]:
        sessions = list(offer.sessions.order_by("order"))
        made = []
        with quotas.at(self._at(days)):
            for number, one in enumerate(people):
                session = sessions[number % len(sessions)]
                made.append(quotas.grant(actor, session_id=session.pk, person_id=one.person_id, why="窗口集中办理"))
        return made

    def _came(self, actor: Viewer, claims: list[Claim], all_but: int) -> None:
        """Checked in when the session began, all but the last few."""
        for claim in claims[: len(claims) - all_but]:
            starts = claim.session.starts_at or claim.made_at + timedelta(days=1)
            with quotas.at(starts + timedelta(minutes=5)):
                quotas.check_in(actor, key=self._key(), claim_id=claim.pk)


class Benefits(Giving, Business):
    """The city's and two counties' publicity and organising officers; first-come claims of the past are given."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.editor = officers.holder(self.city, "publicity")
        self.logistics = Organisation.objects.get(name="吉安市物流行业工会联合会")
        self._base: dict[str, int] = {}

    def run(self) -> None:
        self._bases()
        self._past()
        self._drawn()
        self._open()
        self._coming()

    def _redeemed(self, claims: list[Claim]) -> None:
        """Scanned at the till of the merchant, some days later."""
        account = Account.objects.get(username="yinmeihua")
        clerk = viewer_of_post(account, Post.objects.get(account=account))
        for days, claim in enumerate(claims):
            when = self._at(-4 + days // 3, 10 + 4 * (days % 3))
            text = quota_rules.code_text(quotas.code_key(), claim.pk, claim.code, when.timestamp())
            with quotas.at(when):
                benefits.redeem(clerk, key=self._key(), text=text)

    # -- what there is -------------------------------------------------------------------------------------

    def _past(self) -> None:
        county = self.officers.holder(self.county, "publicity")
        lecture = Plan(
            "lecture", "劳动合同和工伤赔付讲座", "法院和律师讲真实案例，现场答疑，听完可以约一对一咨询。", -50, -32,
            (("上午场", -30, 9, 2, "安福县工人文化宫报告厅", 30),), teacher="彭建军", series="法律进企业",
        )  # fmt: skip
        offer = self._made(county, self.county, lecture)
        self._came(county, self._given(county, offer, self._people(self.county, 14), -40), 2)
        summer = Plan(
            "checkup", "货车司机免费体检", "血压、心电、腰颈椎、听力，查完当天出报告，异常的由医院随访。", -120, -95,
            (("第一批", -90, 8, 4, "吉安市中心人民医院", 20), ("第二批", -88, 8, 4, "遂川县人民医院", 20)),
            audience=DRIVERS, bring="身份证，空腹", series="司机体检",
        )  # fmt: skip
        offer = self._made(self.editor, self.city, summer)
        self._came(
            self.editor, self._given(self.editor, offer, self._people(self.city, 16, new_form="truck_driver"), -100), 1
        )
        gym = Plan("gym", "职工健身月卡", "凭券到市工人文化宫健身，器械和团课都能用。", -20, 10,
                   (("本月", None, 0, 0, "吉安市工人文化宫", 50),), uses=10)  # fmt: skip
        offer = self._made(self.editor, self.city, gym)
        cast = list(Account.objects.filter(kind="member").order_by("pk").values_list("person_id", flat=True)[:2])
        phones = Membership.objects.filter(valid_to__isnull=True, person_id__in=cast).order_by("pk")
        self._given(self.editor, offer, iter(phones), -15)
        with quotas.at(self._at(-1)):  # so those who log in on the phone find a message
            quotas.call_off(self.editor, offer_id=offer.pk, reason="场馆检修，恢复后重新发放")

    def _evenings(self) -> Plan:
        """Four weeks of evenings in the gym, of which each member may have six."""
        today = timezone.localdate()
        evenings = slots.weekly(
            today + timedelta(days=2), today + timedelta(days=29), (0, 2, 4), [(time(18), time(20))], lambda _: False
        )
        return Plan(
            "gym", "工人文化宫健身房晚场", "器械区和团课教室，有教练值班；每场20人，换室内运动鞋进场。", -2, 29,
            tuple((one.title, (one.day - today).days, 18, 2, "青原区工人文化宫三楼", 20) for one in evenings),
            bring="室内运动鞋、毛巾", each=6,
        )  # fmt: skip

    def _drawn(self) -> None:
        """A rest cure that was drawn a month ago, with a witness and a public value."""
        weights = (
            {"key": "unserved", "title": "近12个月没有享受过同类项目", "tickets": 1, "fact": "unserved", "months": 12},
        )
        plan = Plan(
            "recuperation", "井冈山职工疗休养", "五天四晚，食宿由工会承担，往返交通自理；优先没有休过的一线职工。", -45, -35,
            (("第一期", -12, 9, 96, "井冈山职工疗养院", 6),), "balanced", subsidy=180_000, price=30_000, waits=3,
            series="疗休养", bring="身份证、换洗衣物", weights=weights, trip=self._trip("井冈山职工疗养院", 42_000),
        )  # fmt: skip
        offer = self._made(
            self.editor, self.city, plan, parties=[("会员代表", None)], outside="名单锁定次日福彩3D开奖号码"
        )
        party = offer.draw.parties.get()
        with quotas.at(self._at(-44)):
            link = quotas.make_link(self.editor, party_id=party.pk)
            quotas.commit_by_link(OUTSIDER, token=link, secret=SECRET)
        session = offer.sessions.get()
        with quotas.at(self._at(-40)):
            for one in self._people(self.county, 14, 20):
                quotas.enter(self.officers.member(one.person), offer_id=offer.pk, choices=[session.pk], key=self._key())
        with quotas.at(self._at(-34.9)):
            quotas.lock_list(self.editor, offer_id=offer.pk)
        with quotas.at(self._at(-34)):
            quotas.reveal_by_link(OUTSIDER, token=link, value=SECRET)
            quotas.outside_value(self.editor, offer_id=offer.pk, value="3 0 7")
            quotas.check_outside(self.officers.holder(self.city), offer_id=offer.pk, value="3 0 7")
            quotas.run_draw(self.editor, offer_id=offer.pk)
        self._travelled(session)

    def _bases(self) -> None:
        """Bases of the province and one across, recognised by both sides."""
        for name, region, named_by, mutual in (
            ("井冈山职工疗养院", "360881", "江西省总工会", False), ("庐山职工疗养院", "360400", "江西省总工会", False),
            ("黄山职工疗休养基地", "341000", "安徽省总工会", True),
        ):  # fmt: skip
            made = benefits.add_base(
                self.editor, organisation=self.city, name=name, named_by=named_by, named_on=date(2024, 4, 26),
                region_code=region, kind="both", mutual=mutual, contact="总台12351",
            )  # fmt: skip
            self._base[name] = made.pk

    def _trip(self, base: str, day_price: int) -> dict[str, Any]:
        return {
            "base_id": self._base[base], "days": 5, "day_price": day_price, "companions": 1,
            "procurement": "吉工采〔2026〕3号", "insurer": "人保财险吉安市分公司",
        }  # fmt: skip

    def _travelled(self, session: Session) -> None:
        """One takes their wife along; everybody is insured, the group sets off and comes back without one who is ill."""
        claims = list(Claim.objects.filter(session=session).select_related("person").order_by("pk"))
        first = claims[0]
        with quotas.at(self._at(-20)):
            benefits.name_companion(
                self.officers.member(first.person), claim_id=first.pk, name=self.officers.name(), relation="spouse",
                paper="identity_card", number=identity_number(700, date(1984, 6, 15), True),
            )  # fmt: skip
            benefits.lead(
                self.editor, session_id=session.pk, leader="康美玲", phone="19900000123",
                meeting="当天9点，市总工会门口集合",
            )  # fmt: skip
            benefits.insure(self.editor, session_id=session.pk, policy_no="PICC-LXY-2026-0117")
        with quotas.at(session.starts_at or self.now):
            benefits.depart(self.editor, session_id=session.pk)
        with quotas.at(session.ends_at or self.now):
            benefits.come_back(self.editor, session_id=session.pk, claims=[one.pk for one in claims[:-1]])

    def _open(self) -> None:
        market = benefits.add_provider(
            self.editor, organisation=self.city, name="吉安庐陵生活超市", contact="服务台 0796-8881200"
        )
        benefits.add_clerk(self.editor, provider_id=market.pk, username="yinmeihua")
        voucher = Plan(
            "voucher", "“惠聚庐陵”职工消费券", "满100元减50元，全市12家门店通用，一次用完。", -6, 20,
            (("本期", None, 0, 0, "吉安庐陵生活超市各门店", 1_000),), subsidy=5_000, series="惠聚庐陵",
        )  # fmt: skip
        offer = self._made(self.editor, self.city, voucher, provider=market.pk)
        held = self._given(self.editor, offer, self._people(self.city, 24, 60), -5)
        self._redeemed(held[:9])
        night = Plan(
            "course", "职工夜校·八段锦", "每周二、周四晚上，十二次课，零基础可学，结业发证书。", -4, 6,
            (("秋季班", 12, 19, 2, "吉州区工人文化宫302室", 8),), waits=10, series="职工夜校", teacher="王秀英",
            bring="宽松衣服、软底鞋",
        )  # fmt: skip
        offer = self._made(self.editor, self.city, night)
        self._given(self.editor, offer, self._people(self.city, 8, 100), -3)
        for one in self._people(self.city, 3, 120):
            quotas.wait(self.officers.member(one.person), session_id=offer.sessions.get().pk, key=self._key())
        canteen = Plan(
            "canteen", "司机之家爱心餐券", "凭券在司机之家用餐，每份可用5次，荤素搭配，随到随吃。", -10, 25,
            (("本月", None, 0, 0, "吉安市货运司机之家", 200),), uses=5, subsidy=1_500,
        )  # fmt: skip
        keeper = self.officers.holder(self.logistics, "grassroots_chair")
        offer = self._made(keeper, self.logistics, canteen)
        self._given(keeper, offer, self._people(self.logistics, 10), -6)
        talk = Plan(
            "counselling", "职工心理咨询", "一对一50分钟，内容保密，不记入任何档案。", -3, 15,
            tuple((f"{day}日{hour}时", day, hour, 1, "市总工会职工服务中心", 1) for day, hour in ((4, 9), (4, 10), (5, 15), (6, 15))),
            each=2,
        )  # fmt: skip
        self._made(self.editor, self.city, talk)
        self._made(self.editor, self.city, self._evenings())
        ranked = Plan(
            "recuperation", "庐山职工疗休养", "三期任选，按志愿摇号；五天四晚，食宿由工会承担。", -5, 9,
            tuple((f"第{n}期", 25 + 7 * i, 9, 96, "庐山职工疗养院", 10) for i, n in enumerate("一二三")),
            "ranked", subsidy=180_000, waits=10, series="疗休养", trip=self._trip("庐山职工疗养院", 36_000),
        )  # fmt: skip
        self._made(self.editor, self.city, ranked, parties=[("会员代表", None), ("市公证处", None)],
                   outside="名单锁定次日福彩3D开奖号码")  # fmt: skip

    def _coming(self) -> None:
        county = self.officers.holder(self.county, "publicity")
        film = Plan(
            "ticket", "“惠聚庐陵”职工观影券", "每份2张，全市16家影院通用，30天内有效。", 2, 5,
            (("本期", None, 0, 0, "签约影院", 1_000),), subsidy=6_000, series="惠聚庐陵",
            shares=(Share("s1", "货车司机", 200, DRIVERS),),
        )  # fmt: skip
        self._made(self.editor, self.city, film)
        fair = Plan(
            "jobfair", "安福县秋季用工招聘会", "48家企业到场，工会提供政策咨询和法律服务，不收任何费用。", 1, 10,
            (("全天", 14, 9, 6, "安福县工人文化宫广场", 2_000),),
            facts=(("参会企业", "48家，制造、物流、电子居多"), ("岗位", "1,260个，现场面试"), ("工会服务", "劳动合同咨询、入会登记")),
        )  # fmt: skip
        self._made(county, self.county, fair)
        town = self.officers.holder(self.town)
        shift = Plan(
            "shift", "秋收志愿帮工", "帮缺劳力的困难职工家庭收稻子，管午饭，发志愿服务证明。", -1, 8,
            (("周六", 9, 8, 8, "枫田镇各村", 20), ("周日", 10, 8, 8, "枫田镇各村", 20)), each=2,
        )  # fmt: skip
        self._made(town, self.town, shift)
        parcel = Plan(
            "parcel",
            "送清凉物资",
            "藿香正气水、毛巾、凉茶，送到一线班组。",
            5,
            15,
            (("本批", None, 0, 0, "各单位工会", 500),),
            facts=(("每份物资", "藿香正气水10支、毛巾2条、凉茶1箱"), ("怎么送到", "单位工会统一领回，送到班组")),
        )
        self._drafted(county, self.county, parcel)
