"""Any order of acts: at most one open membership, counters equal to a recount, history never shrinks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.models import Membership, Person
from gonghui.kernel.people import services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "admit",
                "leave",
                "lapse",
                "retain",
                "restore",
                "move",
                "die",
                "undo",
                "merge",
                "unmerge",
                "ask",
                "accept",
            ]
        ),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 40),
    ),
    min_size=5,
    max_size=18,
)
START = date(2022, 1, 1)

_RECOUNT = """
SELECT t.organisation_id FROM organisation_tally t LEFT JOIN (
  SELECT m.organisation_id AS id, count(*) FILTER (WHERE m.status = 'active') AS active,
    count(*) FILTER (WHERE m.status = 'retained') AS retained, count(*) FILTER (WHERE m.status = 'ended') AS ended,
    count(*) FILTER (WHERE m.status = 'active' AND p.sex = '2') AS women
  FROM membership m JOIN person p ON p.id = m.person_id GROUP BY 1) r ON r.id = t.organisation_id
WHERE (t.active, t.retained, t.ended, t.women)
  IS DISTINCT FROM (coalesce(r.active, 0), coalesce(r.retained, 0), coalesce(r.ended, 0), coalesce(r.women, 0))
"""


class Play:
    """Runs acts against real records; refusals are part of the play."""

    def __init__(self, actor: Viewer, people: list[Person], houses: list[Any]) -> None:
        self.actor, self.people, self.houses = actor, people, houses
        self.ended: list[int] = []
        self.merges: list[Any] = []
        self.requests: list[Any] = []

    def step(self, act: str, who: int, where: int, day: int) -> None:
        person = Person.objects.get(pk=self.people[who].pk)
        house, on = self.houses[where], START + timedelta(days=day * 30)
        row = Membership.objects.filter(person=person, valid_to__isnull=True).first()
        try:
            with transaction.atomic():
                self.run(act, person, house, on, row)
        except Refusal:
            pass

    def run(self, act: str, person: Person, house: Any, on: date, row: Membership | None) -> None:
        if act == "admit":
            services.admit(self.actor, organisation=house, person=person, joined_on=on, on=on)
        elif act == "die":
            services.record_death(self.actor, person=person, on=on)
        elif act == "undo" and self.ended:
            services.undo_end(self.actor, memberships=[self.ended[-1]], reason="撤回")
        elif act == "merge":
            other = self.people[0]
            self.merges.append(
                services.merge_people(
                    self.actor,
                    kept=other,
                    dropped=person,
                    reason="核对过证件",
                    open_membership=row,
                )
            )
        elif act == "unmerge" and self.merges:
            services.undo_merge(self.actor, merge=self.merges.pop(), reason="不是同一人")
        elif act == "accept" and self.requests:
            services.answer_transfer(self.actor, request=self.requests.pop(), accept=True, on=on)
        elif row is not None:
            self.run_open(act, row, house, on)

    def run_open(self, act: str, row: Membership, house: Any, on: date) -> None:
        if act in ("leave", "lapse"):
            reason = "left" if act == "leave" else "lapsed"
            self.ended += services.end_many(self.actor, memberships=[row.pk], on=on, reason=reason)
        elif act == "retain":
            services.retain(self.actor, membership=row, reason="retired", on=on)
        elif act == "restore":
            services.restore(self.actor, membership=row, on=on, organisation=house)
        elif act == "move":
            services.transfer_within(self.actor, membership=row, to_organisation=house, on=on, reason="调动")
        elif act == "ask":
            self.requests.append(
                services.ask_transfer(self.actor, membership=row, to_organisation=house, reason="调动")
            )


def check(history: set[int]) -> set[int]:
    rows = set(Membership.objects.values_list("pk", flat=True))
    assert history <= rows, "a membership has vanished"
    open_ones = list(Membership.objects.filter(valid_to__isnull=True).values_list("person_id", "path"))
    assert len(open_ones) == len({person_id for person_id, _ in open_ones})
    paths = dict(Person.objects.values_list("pk", "path"))
    assert all(paths[person_id] == path for person_id, path in open_ones), "person and open membership lie apart"
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        assert cursor.fetchall() == []
    return rows


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_any_sequence_of_acts_keeps_the_books_right(tree: Any, county: Viewer, acts: list[Any]) -> None:
    mark = transaction.savepoint()
    people = [tree.insider.person, tree.neighbour.person]
    third = Person.objects.get(pk=tree.neighbour.person_id)
    third.pk, third.id_hash = None, b"a third person's"
    third.save(force_insert=True)
    people.append(third)
    play = Play(county, people, [tree.union, tree.sibling_union, tree.township])
    history: set[int] = set()
    try:
        for act in acts:
            play.step(*act)
            history = check(history)
    finally:
        transaction.savepoint_rollback(mark)
