"""An offer as staff type it: what, when, sessions and places, for whom, how it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from itertools import count, islice
from typing import Any

from django import forms

from gonghui.kernel import flat_conditions as conditions
from gonghui.kernel.quotas import audience
from gonghui.kernel.quotas.choices import MOST_EACH, Allocation
from gonghui.kernel.quotas.models import Limit, Offer
from gonghui.kernel.quotas.services import SessionPlan, Share

from ..choices import HOW, RECUPERATION, WORTH_SAYING, Kind
from ..models import Provider
from ..rules import slots
from ..rules.lessons import MOST_LESSONS
from ..rules.pages import facts_shown
from ..services import Draft, NewLimit
from .audience import names_of, unions_named
from .small import typed_facts

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
PLACE = forms.TextInput(attrs={"list": "venues"})
"""Registered places are suggested; the page holds the list."""
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SHARES = 3
"""Lines of reserved shares that an empty form shows; as many again are added when asked for."""
MOST_SHARES = 30
WEIGHTS = 3
"""Lines of rules of tickets that staff write themselves; the kernel takes ten rules in all."""
MOST_WEIGHTS = 6
FACTS = {"unserved": "近12个月没有享受过同类项目", "hardship": "建档困难职工"}
"""What a balanced draw weighs: the facts of the kernel, each with the tickets it adds."""


def lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def yuan(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=1_000_000, decimal_places=2)


class OfferForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=[one for one in Kind.choices if one[0] != Kind.RECUPERATION_ACROSS])
    title = forms.CharField(label="名称", max_length=120)
    series = forms.CharField(label="系列", max_length=60, required=False, help_text="每年都办的写同一个系列，便于比较")
    intro = forms.CharField(label="内容介绍", max_length=4000, required=False, widget=lines(4))
    bring = forms.CharField(label="需要带什么", max_length=300, required=False)
    facts = forms.CharField(
        label="更多说明", max_length=2000, required=False, widget=lines(3),
        help_text="一行一条，写成“名称：内容”。" + "；".join(
            f"{Kind.said(kind)}可以写{words}" for kind, words in WORTH_SAYING.items()
        ) + "。",
    )  # fmt: skip
    price = yuan("个人自付（元）")
    subsidy = yuan("工会补贴（元）")
    provider = forms.ChoiceField(label="合作商户", required=False, help_text="选了商户，就由它的账号核销")
    provider_name = forms.CharField(label="承办单位", max_length=120, required=False, help_text="没有选商户时填写")
    contact = forms.CharField(label="咨询方式", max_length=80, required=False, help_text="会员有疑问找谁，例如部门电话")
    image = forms.FileField(label="图片", required=False, help_text="5MB以内的JPG或PNG")
    image_alt = forms.CharField(label="图片说明", max_length=120, required=False, help_text="一句话说清图上是什么")

    opens_at = forms.DateTimeField(label="开始报名", required=False, widget=MOMENT)
    closes_at = forms.DateTimeField(label="截止报名", required=False, widget=MOMENT)

    allocation = forms.ChoiceField(label="分配方式", widget=forms.RadioSelect, initial="first_come")
    procedure = forms.ChoiceField(
        label="审核流程", required=False, help_text="只用于审核；列出的是办结事项里有“分给普惠名额”的办事流程"
    )
    again_after_months = forms.IntegerField(
        label="同类项目间隔（月）", min_value=0, max_value=120, initial=0, help_text="例如疗休养三年一次填36，0表示不限"
    )
    limit = forms.ChoiceField(label="限领", required=False)
    limit_title = forms.CharField(label="新规则的名称", max_length=80, required=False, help_text="例如：疗休养两年一次")
    limit_per = forms.ChoiceField(label="按什么计", choices=[("person", "每人"), ("household", "每户")], required=False)
    limit_most = forms.IntegerField(label="最多几次", min_value=1, max_value=50, required=False, initial=1)
    limit_from = forms.DateField(label="从哪天起", required=False, widget=DAY)
    limit_to = forms.DateField(label="到哪天止", required=False, widget=DAY)
    waits = forms.IntegerField(
        label="候补人数上限", min_value=0, max_value=100_000, initial=0, help_text="0表示不设候补"
    )
    answer_hours = forms.IntegerField(label="候补确认时限（小时）", min_value=1, max_value=168, initial=24)
    cancel_until_hours = forms.IntegerField(label="开始前多少小时可取消", min_value=0, max_value=720, initial=24)
    transferable = forms.BooleanField(label="名额可以转给别的会员", required=False)
    uses = forms.IntegerField(label="每份可用几次", min_value=1, max_value=1000, initial=1)
    each = forms.IntegerField(label="每人最多约几场", min_value=1, max_value=MOST_EACH, initial=1, required=False)
    weight_unserved = forms.IntegerField(label=f"{FACTS['unserved']}，加几签", min_value=0, max_value=5, initial=1)
    weight_hardship = forms.IntegerField(
        label=f"{FACTS['hardship']}，加几签", min_value=0, max_value=5, initial=0, help_text="加签依据只有本人看得到"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, limits: Iterable[Limit] = (), providers: Iterable[Provider] = (),
        reviews: Iterable[tuple[str, str]] = (), ready: Mapping[str, dict[str, Any]] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.ready = ready or {}
        for key, rule in self.ready.items():
            self.fields[f"weight_{key}"] = forms.IntegerField(
                label=f"{rule['title']}，加几签", min_value=0, max_value=5, initial=0, required=False
            )
        self.limits = {str(one.pk): one for one in limits}
        known = [(pk, f"{one.title}（{one.get_per_display()}{one.most}次）") for pk, one in self.limits.items()]
        self._choose("limit", [("", "不限"), *known, ("new", "新建一条规则")])
        self._choose("provider", [("", "没有"), *((str(one.pk), one.name) for one in providers)])
        self._choose("procedure", [("", "没有"), *reviews])
        self._choose("allocation", [(key, f"{Allocation(key).label}：{words}") for key, words in HOW.items()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_facts(self) -> list[dict[str, str]]:
        return typed_facts(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "截止时间要晚于开始时间")
        if data.get("allocation") == Allocation.REVIEWED and not data.get("procedure"):
            self.add_error("procedure", "选一个审核流程；还没有就先在“办事流程”里写一个，办结事项选“分给普惠名额”")
        data["each"] = data.get("each") or 1
        if data["each"] > 1:
            wrong = {
                "allocation": data.get("allocation") != Allocation.FIRST_COME, "waits": data.get("waits"),
                "transferable": data.get("transferable"),
            }  # fmt: skip
            words = {"allocation": "一人约多场时只能先到先得", "waits": "一人约多场时不设候补，填0",
                     "transferable": "一人约多场时名额不能转，来不了就退回"}  # fmt: skip
            for name in (one for one, bad in wrong.items() if bad):
                self.add_error(name, words[name])
        if data.get("limit") == "new":
            for name in ("limit_title", "limit_most", "limit_from", "limit_to"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "新建限领规则要填这一项")
            if data.get("limit_from") and data.get("limit_to") and data["limit_to"] < data["limit_from"]:
                self.add_error("limit_to", "止的日期比起的早")
        return data

    def group(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def weights_ready(self) -> list[forms.BoundField]:
        """The groups that come first in rest cures."""
        return [self[f"weight_{key}"] for key in self.ready]

    @property
    def limit_new(self) -> list[forms.BoundField]:
        return self.group("limit_title", "limit_per", "limit_most", "limit_from", "limit_to")


class SessionForm(forms.Form):
    title = forms.CharField(label="场次名称", max_length=80, required=False)
    starts_at = forms.DateTimeField(label="开始", required=False, widget=MOMENT)
    ends_at = forms.DateTimeField(label="结束", required=False, widget=MOMENT)
    place = forms.CharField(label="地点", max_length=120, required=False, widget=PLACE)
    teacher = forms.CharField(label="老师", max_length=40, required=False)
    capacity = forms.IntegerField(label="名额", min_value=0, max_value=5_000_000, required=False)
    lessons = forms.IntegerField(label="上课次数（每周一次）", min_value=1, max_value=MOST_LESSONS, required=False)
    about = forms.CharField(label="说明", max_length=300, required=False, widget=lines(1))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(value not in (None, "") for value in data.values()) or self.errors:
            if not data.get("title") and "title" not in self.errors:
                self.add_error("title", "写场次名称，例如“第一期”")
            if data.get("capacity") is None and "capacity" not in self.errors:
                self.add_error("capacity", "写这一场的名额")
            starts, ends = data.get("starts_at"), data.get("ends_at")
            if ends and not starts:
                self.add_error("starts_at", "有结束时间，也要写开始时间")
            elif starts and ends and ends <= starts:
                self.add_error("ends_at", "结束时间要晚于开始时间")
            if (data.get("lessons") or 1) > 1 and not starts and "starts_at" not in self.errors:
                self.add_error("starts_at", "上课几次的，要写第一次什么时候开始")
        return data

    @property
    def given(self) -> bool:
        return bool(self.cleaned_data.get("title"))


class RepeatForm(forms.Form):
    """Sessions of every week, laid out at once."""

    first = forms.DateField(label="从哪天起", required=False, widget=DAY)
    last = forms.DateField(label="到哪天止", required=False, widget=DAY)
    weekdays = forms.MultipleChoiceField(
        label="每周几", required=False, choices=[(str(n), f"周{word}") for n, word in enumerate(slots.WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    times = forms.CharField(
        label="每天的时段", max_length=200, required=False, help_text="用顿号隔开，例如：18:00-19:30、20:00-21:30"
    )
    place = forms.CharField(label="地点", max_length=120, required=False, widget=PLACE)
    teacher = forms.CharField(label="老师", max_length=40, required=False)
    capacity = forms.IntegerField(label="每场名额", min_value=1, max_value=5_000_000, required=False)
    holidays = forms.BooleanField(label="法定节假日也办", required=False)

    def clean_times(self) -> list[tuple[time, time]]:
        try:
            return slots.parse_times(self.cleaned_data["times"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = {"first": "写从哪天起", "last": "写到哪天止", "weekdays": "勾选每周几", "times": "写每天的时段",
                 "capacity": "写每场的名额"}  # fmt: skip
        for name, words in asked.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "止的日期比起的早")
        elif first and last and last - first > timedelta(days=366):
            self.add_error("last", "一次最多排一年")
        return data

    def sessions(self, is_holiday: Callable[[date], bool]) -> list[dict[str, Any]]:
        """The lines of the sessions as the form shows them, one more than fit at most."""
        data = self.cleaned_data
        days = [int(one) for one in data["weekdays"]]
        skip = (lambda _: False) if data["holidays"] else is_holiday
        laid = slots.weekly(data["first"], data["last"], days, data["times"], skip)
        return [
            {
                "title": one.title, "starts_at": f"{one.day}T{one.begins:%H:%M}",
                "ends_at": f"{one.day}T{one.ends:%H:%M}",
                "place": data["place"], "teacher": data["teacher"], "capacity": str(data["capacity"]),
            }
            for one in islice(laid, slots.MOST + 1)
        ]  # fmt: skip


SessionFormSet = forms.formset_factory(SessionForm, extra=0, max_num=slots.MOST, validate_max=True)


class SomeForm(forms.Form):
    """Some of those an offer is for: one condition, some unions, or both."""

    pair = forms.ChoiceField(label="条件", required=False)
    unions = forms.CharField(label="所属工会（选填，全称，一行一家）", required=False, widget=lines(1))

    def __init__(self, *args: Any, within: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.within = within
        self.fields["pair"].choices = conditions.pairs(audience.FIELDS)  # type: ignore[attr-defined]

    def clean_unions(self) -> list[int]:
        found, unknown = unions_named(self.cleaned_data["unions"], self.within)
        if unknown:
            raise forms.ValidationError(f"本单位范围内没有“{unknown[0][:40]}”，写工会全称")
        return found

    def ask(self, name: str, words: str, amount: str, how_many: str) -> None:
        """A line that gives something needs a name and says to whom; one that says to whom needs to give something."""
        data = self.cleaned_data
        if self.errors:
            return
        if data.get(amount):
            if not data.get(name):
                self.add_error(name, words)
            if not data.get("pair") and not data.get("unions"):
                self.add_error("pair", "选一个条件，或写所属工会")
        elif data.get(amount) is None and any(data.get(one) for one in (name, "pair", "unions")):
            self.add_error(amount, how_many)

    @property
    def condition(self) -> dict[str, Any]:
        return conditions.pair_condition(self.cleaned_data["pair"], self.cleaned_data["unions"])


class ShareForm(SomeForm):
    """A reserved share: so many places of every session for some of those the offer is for."""

    share_title = forms.CharField(label="留给谁（显示的名称）", max_length=60, required=False)
    places = forms.IntegerField(label="每场留几个", min_value=0, max_value=1_000_000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.ask("share_title", "写这些名额留给谁", "places", "写每场留几个；不留了就把这一行清空")
        return data

    def share(self, number: int) -> Share | None:
        data = self.cleaned_data
        if not data.get("places"):
            return None
        return Share(f"s{number}", data["share_title"].strip(), data["places"], self.condition)


class WeightForm(SomeForm):
    """A rule of a balanced draw that staff write themselves: the front line, a trade, towns that lie far away."""

    weight_title = forms.CharField(label="给谁加签", max_length=60, required=False)
    tickets = forms.IntegerField(label="加几签", min_value=0, max_value=5, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.ask("weight_title", "写这条规则的名称，会公布给报名的人", "tickets", "写加几签；不加了就把这一行清空")
        return data

    def weight(self, number: int) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data.get("tickets"):
            return None
        title = data["weight_title"].strip()
        return {"key": f"own{number}", "title": title, "tickets": data["tickets"], "condition": self.condition}


def written(rule: dict[str, Any]) -> dict[str, Any] | None:
    """A rule of tickets as a line of the form; None for one that stands elsewhere or that a line cannot say."""
    if "condition" not in rule or not str(rule["key"]).startswith("own"):
        return None
    pair = conditions.pair_of(rule["condition"], audience.FIELDS)
    if pair is None:
        return None
    return {"weight_title": rule["title"], "tickets": rule["tickets"], "pair": pair[0], "unions": names_of(pair[1])}


def fen(value: Any) -> int:
    return int(value * 100) if value else 0


def typed_of(
    form: OfferForm,
    sessions: Any,
    shares: list[ShareForm],
    condition: Any,
    own: list[WeightForm],
    weights: list[dict[str, Any]],
    trip: dict[str, Any] | None = None,
) -> Draft:
    """What valid forms say, as the service takes it. `weights`: the rules of the draft; what no form shows is kept."""
    data = form.cleaned_data
    kept = [one for index, share in enumerate(shares, 1) if (one := share.share(index))]
    plans = [
        SessionPlan(
            title=row.cleaned_data["title"], capacity=row.cleaned_data["capacity"], shares=kept,
            starts_at=row.cleaned_data["starts_at"], ends_at=row.cleaned_data["ends_at"],
            place=row.cleaned_data["place"], teacher=row.cleaned_data["teacher"],
            lessons=row.cleaned_data["lessons"] or 1, about=row.cleaned_data["about"],
        )
        for row in sessions if row.given
    ]  # fmt: skip
    new = None
    if data["limit"] == "new":
        new = NewLimit(
            data["limit_title"], data["limit_per"] or "person", data["limit_most"], data["limit_from"], data["limit_to"]
        )
    image = data.get("image")
    offer = {name: data[name] for name in ("title", "allocation", "opens_at", "closes_at", "waits", "answer_hours",
                                            "cancel_until_hours", "uses", "each", "again_after_months",
                                            "transferable")}  # fmt: skip
    offer["uses"] = max(data["uses"], *(one.lessons for one in plans), 1)  # a check-in for every lesson
    offer["procedure"] = data["procedure"] if data["allocation"] == Allocation.REVIEWED else ""
    offer |= {"audience": condition, "weights": _weights(form, own, weights), "limit": form.limits.get(data["limit"])}
    page = {name: data[name] for name in ("kind", "series", "intro", "bring", "facts", "provider_name", "contact",
                                          "image_alt")}  # fmt: skip
    page |= {"price": fen(data["price"]), "subsidy": fen(data["subsidy"])}
    page["provider_id"] = int(data["provider"]) if data["provider"] else None
    return Draft(offer, page, plans, new, image.read() if image else b"", trip)


def _weights(form: OfferForm, own: list[WeightForm], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data = form.cleaned_data
    if data["allocation"] != "balanced":
        return []
    found = [
        one for one in others
        if one.get("fact") not in FACTS and one["key"] not in form.ready and written(one) is None
    ]  # fmt: skip
    taken = {one["key"] for one in found}
    numbers = (n for n in count(1) if f"own{n}" not in taken)
    found += [one for row in own if (one := row.weight(next(numbers)))]
    found += [rule | {"tickets": n} for key, rule in form.ready.items() if (n := data[f"weight_{key}"])]
    for fact, title in FACTS.items():
        if data[f"weight_{fact}"]:
            rule = {"key": fact, "title": title, "tickets": data[f"weight_{fact}"], "fact": fact}
            found.append(rule | ({"months": 12} if fact == "unserved" else {}))
    return found


def initial_of(row: Offer) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """A draft as the forms show it: (the offer, its sessions, its shares); its rules of tickets by `written`."""
    page = row.page
    found = {name: getattr(row, name) for name in ("title", "allocation", "waits", "answer_hours", "cancel_until_hours",
                                                    "uses", "each", "version", "procedure",
                                                    "again_after_months",
                                                    "transferable")}  # fmt: skip
    found |= {name: getattr(page, name) for name in ("kind", "series", "intro", "bring", "provider_name", "contact",
                                                      "image_alt")}  # fmt: skip
    found |= {
        "facts": facts_shown(page.facts),
        "price": page.price / 100 or None,
        "subsidy": page.subsidy / 100 or None,
        "limit": str(row.limit_id or ""),
    }
    found |= {"provider": str(page.provider_id or ""), "opens_at": row.opens_at, "closes_at": row.closes_at}
    if page.kind in RECUPERATION:
        found["kind"] = Kind.RECUPERATION
    found |= {f"weight_{one['key']}": one["tickets"] for one in row.weights}
    weights = {one.get("fact"): one["tickets"] for one in row.weights}
    found |= {f"weight_{fact}": weights.get(fact, 0) for fact in FACTS}
    sessions, shares = [], []
    for session in row.sessions.prefetch_related("counters").order_by("order", "pk"):
        general = next((one.capacity for one in session.counters.all() if not one.share), 0)
        names = ("title", "starts_at", "ends_at", "place", "teacher", "about")
        lessons = session.lessons if session.lessons > 1 else None
        sessions.append({name: getattr(session, name) for name in names} | {"capacity": general, "lessons": lessons})
        if not shares:
            shares = [_share_initial(one) for one in session.counters.all() if one.share]
    return found, sessions, shares


def _share_initial(counter: Any) -> dict[str, Any]:
    pair, unions = conditions.pair_of(counter.audience, audience.FIELDS) or ("", [])
    return {"share_title": counter.title, "places": counter.capacity, "pair": pair, "unions": names_of(unions)}


__all__ = [
    "OfferForm", "RepeatForm", "SessionForm", "SessionFormSet", "ShareForm", "WeightForm", "initial_of", "typed_of",
    "written",
]  # fmt: skip
