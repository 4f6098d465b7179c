"""Whatever is done in whatever order: the state is what the history adds up to, and effects happen once or never."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import make_procedure, officer
from gonghui.kernel.procedures.models import Application, Clock, Decision, EffectRun, Notice, Objection, Step
from gonghui.kernel.procedures.rules.folding import state_after
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import OUTSIDER

from .test_running import with_notice

ENDED = ("approved", "rejected", "withdrawn", "lapsed")


def check(application: Application) -> None:
    application.refresh_from_db()
    told = [(one.act, one.data.get("outcome", "")) for one in application.doings.order_by("pk")]
    shown = "running" if application.state == "noticed" else application.state
    assert state_after(told) == shown
    waiting = Step.objects.filter(application=application, state__in=["open", "paused"]).count()
    assert (waiting == 0) == (application.state in ENDED)
    approved = Decision.objects.filter(application=application, outcome="approved").count()
    assert EffectRun.objects.filter(application=application).count() == approved <= 1
    if application.state == "approved":
        assert not Objection.objects.filter(application=application, state="open").exists()
    if application.state in ENDED:
        running = Clock.objects.filter(application=application, state="running").exclude(kind="appeal")
        assert not running.exists()


def test_the_state_is_what_the_history_adds_up_to(tree: Tree, happened: list[int]) -> None:
    ends = set()
    for seed in range(25):
        with transaction.atomic():
            happened.clear()
            ends.add(walk(tree, happened, seed))
            transaction.set_rollback(True)
    assert {"approved", "rejected", "withdrawn"} <= ends, "the walks have to get somewhere"


def walk(tree: Tree, happened: list[int], seed: int) -> str:
    """Thirty acts at random; the state at the end."""
    dice = random.Random(seed)
    procedure = make_procedure(steps=with_notice(), appeal={"tier": "city", "role": "organising"})
    chair = officer(tree.union, "grassroots_chair")
    officers = [officer(tree.township), officer(tree.county), officer(tree.city)]
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    application = services.submit(chair, application_id=started.application.pk, typed={"reason": "会员要求"})
    day = timezone.localdate()

    def step() -> int:
        found = Step.objects.filter(application=application).order_by("-pk").first()
        return found.pk if found else 0

    def object_now() -> Any:
        notice = Notice.objects.filter(application=application).first()
        return services.object_to(OUTSIDER, token=notice.token if notice else "", text="情况不实", in_confidence=True)

    def answer() -> Any:
        found = Objection.objects.filter(application=application).order_by("-pk").first()
        upheld = dice.random() < 0.3
        return services.answer_objection(
            dice.choice(officers), objection_id=found.pk if found else 0, upheld=upheld, answer="已经查证"
        )

    acts = [
        lambda: services.approve(dice.choice(officers), step_id=step()),
        lambda: services.approve(dice.choice(officers), step_id=step()),
        lambda: services.reject(dice.choice(officers), step_id=step(), note="不符合"),
        lambda: services.send_back(dice.choice(officers), step_id=step(), missing_items=[{"note": "补材料"}]),
        lambda: services.submit(chair, application_id=application.pk, typed={"reason": "补充"}),
        lambda: services.appeal(chair, application_id=application.pk, text="不服决定，请复核"),
        lambda: services.withdraw(chair, application_id=application.pk) if dice.random() < 0.2 else None,
        object_now,
        answer,
        lambda: services.tick(day),
    ]  # fmt: skip
    for _ in range(30):
        day += timedelta(days=dice.choice((0, 0, 1, 9)))
        try:
            with transaction.atomic():
                dice.choice(acts)()
        except Refusal:
            pass
        check(application)
    assert len(happened) <= 1
    return str(application.state)
