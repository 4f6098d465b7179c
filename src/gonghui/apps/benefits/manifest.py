"""What benefits plug into the platform."""

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.choices import ClaimState
from gonghui.kernel.quotas.models import Claim
from gonghui.kernel.viewer import Viewer

from . import manifest_menu, manifest_messages, manifest_trips, queries
from .effects import EFFECTS
from .sources import SOURCES


def tasks(viewer: Viewer) -> list[Task]:
    """Draws that wait for a secret or a public value, and photos to look at."""
    if not viewer.may("benefit.manage"):
        return []
    found = []
    for one in queries.desk.draws_waiting(viewer, services.moment()):
        words = queries.public.waits_for(one) or "可以摇号"
        url = reverse("benefits:offer", args=[one.offer_id])
        found.append(Task("普惠服务", f"“{one.offer.title}”：{words}", "", url, "待摇号", "wait"))
    photos = queries.opinions.photos_waiting(viewer).count()
    if photos:
        found.append(Task("普惠服务", f"{photos}张照片待审核", "", reverse("benefits:photos"), "待审核", "wait"))
    if disputes := queries.doubts.waiting(viewer).count():
        found.append(Task("普惠服务", f"{disputes}条离线核销待核对", "", reverse("benefits:unusual"), "待核对", "wait"))
    return [*found, *manifest_menu.tasks(viewer)]


def _place(claim: Claim) -> Task:
    url = reverse("benefits:m-ticket", args=[claim.pk])
    if claim.state == ClaimState.OFFERED:
        due = f"{timezone.localtime(claim.answer_by):%-m月%-d日%H:%M}前" if claim.answer_by else ""
        return Task("普惠服务", f"候补到“{claim.offer.title}”，等您确认", "", url, "待确认", "wait", due)
    starts = f"{timezone.localtime(claim.session.starts_at):%H:%M}"
    return Task("普惠服务", f"明天{starts}“{claim.offer.title}”", claim.session.place, url, "明天", "info")


def member_tasks(viewer: Viewer) -> list[Task]:
    """A place to confirm, a session tomorrow, an offer that opens today."""
    now = timezone.now()
    found = [_place(one) for one in queries.member.to_know(viewer, now)]
    found += [
        Task(
            "普惠服务", f"“{one.offer.title}”今天{timezone.localtime(one.offer.opens_at):%H:%M}开始", "",
            reverse("benefits:m-offer", args=[one.offer_id]), "今天开始", "info",
        )
        for one in queries.member.opening_today(viewer, now)
    ]  # fmt: skip
    return [*found, *manifest_trips.member_tasks(viewer), *manifest_menu.member_tasks(viewer)]


MANIFEST = Manifest(
    key="benefits",
    title="普惠服务",
    sources=SOURCES,
    entries=(
        Entry("普惠服务", "benefits:offers", "gift", "benefit.view", order=55, prefix="/desk/benefits/"),
        Entry("核销", "benefits:redeem", "qr", "benefit.redeem", order=56),
        Entry("结算", "benefits:settlement", "money", "benefit.redeem", order=57),
    ),
    verbs={
        "benefits.page_made": "起草普惠页面",
        "benefits.page_changed": "修改普惠页面",
        "benefits.provider_added": "登记合作商户",
        "benefits.clerk_added": "添加商户核销账号",
        "benefits.clerk_removed": "移除商户核销账号",
        "benefits.reminded": "登记开始提醒",
        "benefits.not_reminded": "取消开始提醒",
        "benefits.calendar_opened": "订阅本人日程",
        "benefits.calendar_closed": "停用本人日程的链接",
        "benefits.rated": "评价普惠项目",
        "benefits.photo_given": "上传活动照片",
        "benefits.photo_answered": "审核活动照片",
        "benefits.photo_taken_down": "撤下活动照片",
        "benefits.photo_taken_back": "本人撤下照片",
        **manifest_menu.VERBS,
        **manifest_trips.VERBS,
    },
    effects=EFFECTS,
    barriers=(queries.trips.over_year_cap,),
    tasks=tasks,
    member_tasks=member_tasks,
    messages=manifest_messages.KINDS,
)
