"""Reads of the membership pages: what the kernel answers, composed into the rows that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    Max,
    Prefetch,
    Q,
    QuerySet,
)
from django.utils import timezone

from gonghui.kernel.manifest import Task
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation, OrganisationGram, Placement, PublicOrganisation
from gonghui.kernel.org.rules import query_grams as org_query_grams
from gonghui.kernel.org.rules import subtree
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people.models import (
    Appointment,
    Membership,
    Person,
    PersonMerge,
    SignOfLife,
    TransferRequest,
)
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import Viewer

HUMAN_KINDS = ("grassroots_union", "joint_union", "industry_union", "branch", "group")
SPLIT_LISTED = 300


@dataclass(frozen=True, slots=True)
class RowNumbers:
    """What a row of the list of organisations shows besides its own columns; the numbers are those of the subtree."""

    members: int = 0
    women: int = 0
    new_form: int = 0
    chair: str = ""
    last_sign: date | None = None


# Each row's range comes as two literal bounds: a bound computed in SQL would not reach the index below the policy.
_NUMBERS = """
SELECT p.id, n.members, n.women, n.new_form, c.name, l."on"
FROM unnest(%(ids)s::bigint[], %(los)s::text[], %(his)s::text[]) AS p (id, lo, hi)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(t.active + t.retained), 0) AS members, coalesce(sum(t.women), 0) AS women,
    coalesce(sum(t.new_form), 0) AS new_form
  FROM organisation_tally t WHERE t.path >= p.lo COLLATE "C" AND t.path < p.hi COLLATE "C"
) n
LEFT JOIN LATERAL (
  SELECT pe.name FROM appointment a JOIN person pe ON pe.id = a.person_id
  WHERE a.organisation_id = p.id AND a.office = 'chair' AND a.valid_to IS NULL LIMIT 1
) c ON true
LEFT JOIN LATERAL (
  SELECT s."on" FROM sign_of_life s WHERE s.organisation_id = p.id AND s.reached ORDER BY s."on" DESC LIMIT 1
) l ON true
"""


def add_numbers(viewer: Viewer, rows: Sequence[Any]) -> None:
    """Give each organisation of a page its `numbers`, in one statement for all of them."""
    bounds = [subtree(row.path) for row in rows]
    given = {
        "ids": [row.pk for row in rows],
        "los": [max(lo, viewer.lo) for lo, _ in bounds],
        "his": [min(hi, viewer.hi) for _, hi in bounds],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, given)
        found = {
            pk: RowNumbers(int(members), int(women), int(new_form), chair or "", last)
            for pk, members, women, new_form, chair, last in cursor.fetchall()
        }
    for row in rows:
        row.numbers = found.get(row.pk, RowNumbers())


def organisation_rows(
    viewer: Viewer, *, within: Organisation | None = None, ended: bool = False
) -> QuerySet[Organisation]:
    """Rows of the list of organisations; `add_numbers` completes those of a page."""
    rows = org_queries.organisations(viewer, within=within, ended=ended)
    return rows.select_related(None).prefetch_related("parent")


def named(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those whose name, pinyin, initials or code is like what was typed."""
    wanted = org_query_grams(text)
    codes = Q(code=text) | Q(uscc=text.upper()) if text.isascii() and len(text) >= 3 else Q(pk__in=[])
    if wanted.is_empty:
        return rows.filter(codes)
    found = Q()
    for gram in wanted.exact:
        found &= Q(pk__in=OrganisationGram.objects.filter(gram=gram).values("organisation_id"))
    if wanted.prefixes:
        spelled = Q()
        for prefix in wanted.prefixes:
            spelled |= Q(gram__gte=prefix, gram__lt=prefix + "~")
        found &= Q(pk__in=OrganisationGram.objects.filter(spelled).values("organisation_id"))
    return rows.filter(found | codes)


def with_term(rows: QuerySet[Organisation], state: str) -> QuerySet[Organisation]:
    """Those whose committee's term has ended, ends within ninety days, runs, or was never registered."""
    today = timezone.localdate()
    soon = today + timedelta(days=90)
    return rows.filter(
        {
            "over": Q(term_to__lt=today),
            "soon": Q(term_to__gte=today, term_to__lt=soon),
            "running": Q(term_to__gte=soon),
            "none": Q(
                term_to__isnull=True,
                kind__in=("grassroots_union", "joint_union", "industry_union", "federation"),
            ),
        }[state]
    )


def terms(viewer: Viewer) -> dict[str, int]:
    """How many living bodies are past their term or close to its end."""
    today = timezone.localdate()
    return (
        org_queries.organisations(viewer)
        .order_by()
        .aggregate(
            over=Count("pk", filter=Q(term_to__lt=today)),
            soon=Count("pk", filter=Q(term_to__gte=today, term_to__lt=today + timedelta(days=90))),
        )
    )


def scopes(viewer: Viewer) -> list[tuple[str, str]]:
    """The organisations directly below the post, for narrowing a list."""
    if viewer.organisation_id is None:
        return []
    rows = org_queries.organisations(viewer).filter(parent_id=viewer.organisation_id)
    return [(str(pk), name) for pk, name in org_queries.in_order(rows).values_list("pk", "name")]


def within(rows: QuerySet[Membership], organisation_id: str) -> QuerySet[Membership]:
    """Rows in the subtree of an organisation; nothing when it is out of sight."""
    path = Organisation.objects.filter(pk=organisation_id).values_list("path", flat=True).first()
    if path is None:
        return rows.none()
    lo, hi = subtree(path)
    return rows.filter(path__gte=lo, path__lt=hi)


def member_rows(
    viewer: Viewer, organisation: Organisation | None = None, *, ended: bool = False
) -> QuerySet[Membership]:
    """Rows of the list of members; person, union and a waiting transfer are read for the rows of the page only.

    `row.who` is None for somebody whose membership has ended and who is a member elsewhere by now, out of sight: then
    only the name that the union knew is left.
    """
    rows = Membership.objects.visible(viewer).filter(valid_to__isnull=not ended)
    if organisation is not None:
        lo, hi = subtree(organisation.path)
        rows = rows.filter(path__gte=lo, path__lt=hi)
    asked = TransferRequest.objects.filter(state="asked")
    people = Person.objects.visible(viewer)
    return rows.prefetch_related(
        Prefetch("person", people, to_attr="who"), "organisation", Prefetch("transfers", asked, to_attr="waiting")
    )


def find_members(viewer: Viewer, rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    """Members for what was typed: a name, pinyin, initials, phone tail, card number or a full number."""
    return rows.filter(person_id__in=[hit.person_id for hit in people_queries.search(viewer, text, 1000)])


def flagged(viewer: Viewer, rows: QuerySet[Membership], flag: str) -> QuerySet[Membership]:
    """Members in one of the situations that have a tab of their own."""
    if flag == "recent":
        return rows.filter(joined_on__gte=timezone.localdate() - timedelta(days=30))
    if flag == "new_form":
        return rows.filter(status="active", worker_kind="new_form")  # as the counters count them
    if flag == "moving":
        return rows.filter(pk__in=TransferRequest.objects.filter(state="asked").values("membership_id"))
    if flag == "silent":
        before = timezone.localdate() - timedelta(days=730)
        return rows.filter(Q(last_sign_on__isnull=True) | Q(last_sign_on__lt=before))
    pairs = people_queries.duplicates(viewer)
    return rows.filter(person_id__in={one.pk for pair in pairs for one in (pair.first, pair.second)})


def signs(
    viewer: Viewer, *, organisation: Organisation | None = None, person: Person | None = None
) -> QuerySet[SignOfLife]:
    """Signs of life of one organisation or one person, the latest first."""
    rows = SignOfLife.objects.visible(viewer)
    if organisation is not None:
        rows = rows.filter(organisation_id=organisation.pk, person__isnull=True)
    if person is not None:
        rows = rows.filter(person_id=person.pk)
    return rows.select_related("organisation").order_by("-on", "-pk")


@dataclass(frozen=True, slots=True)
class SignSummary:
    """Signs of one kind of an organisation: the last day and how many in two years."""

    kind: str
    last: date | None
    count: int


def sign_summary(viewer: Viewer, organisation: Organisation) -> dict[str, SignSummary]:
    """The union's own signs of life by kind."""
    since = timezone.localdate() - timedelta(days=730)
    rows = (
        signs(viewer, organisation=organisation)
        .order_by()
        .filter(reached=True)
        .values_list("kind")
        .annotate(n=Count("pk", filter=Q(on__gte=since)), last=Max("on"))
    )
    return {kind: SignSummary(kind, last, n) for kind, n, last in rows}


def departments(viewer: Viewer, organisation: Organisation) -> list[tuple[str, int]]:
    """Departments and shift teams of an organisation with their members."""
    rows = people_queries.members(viewer, organisation, below=False).order_by().exclude(department="")
    return list(rows.values_list("department").annotate(n=Count("pk")).order_by("department"))


def own_members(viewer: Viewer, organisation: Organisation) -> QuerySet[Membership]:
    """Members of one organisation itself, department by department."""
    return people_queries.members(viewer, organisation, below=False).order_by("department", "person__name_key", "pk")


def trail_of_person(viewer: Viewer, person: Person, limit: int = 50) -> list[TrailRecord]:
    """Who looked at or changed this person's record, in the viewer's range."""
    return list(
        TrailRecord.objects.visible(viewer)
        .filter(subject_id=person.pk, verb__in=people_queries.LOOKS)
        .order_by("-at")[:limit]
    )


def merges_of(viewer: Viewer, person: Person) -> list[PersonMerge]:
    """Records that were merged into this one and can still be taken out."""
    return list(
        PersonMerge.objects.visible(viewer)
        .filter(kept_id=person.pk, undone_at__isnull=True)
        .select_related("dropped")
        .order_by("-made_at")
    )


def merge(viewer: Viewer, merge_id: int) -> PersonMerge | None:
    return PersonMerge.objects.visible(viewer).filter(pk=merge_id).select_related("kept", "dropped").first()


def open_membership(viewer: Viewer, person: Person) -> Membership | None:
    return (
        Membership.objects.visible(viewer)
        .filter(person_id=person.pk, valid_to__isnull=True)
        .select_related("organisation")
        .first()
    )


def last_membership(viewer: Viewer, person: Person) -> Membership | None:
    """The membership that ended last, for taking the end back."""
    rows = Membership.objects.visible(viewer).filter(person_id=person.pk, valid_to__isnull=False)
    return rows.select_related("organisation").order_by("-valid_to", "-pk").first()


def open_memberships(viewer: Viewer, people: Iterable[Person]) -> dict[int, Membership]:
    """The open membership of each of several people."""
    rows = (
        Membership.objects.visible(viewer)
        .filter(person__in=list(people), valid_to__isnull=True)
        .select_related("organisation")
    )
    return {row.person_id: row for row in rows}


def membership_count(viewer: Viewer, person: Person) -> int:
    return Membership.objects.visible(viewer).filter(person_id=person.pk).count()


def transfer(viewer: Viewer, transfer_id: int) -> TransferRequest | None:
    return people_queries.transfers(viewer).filter(pk=transfer_id).first()


def open_transfer(viewer: Viewer, membership: Membership) -> TransferRequest | None:
    return people_queries.transfers(viewer, "asked").filter(membership_id=membership.pk).first()


def transfers_to_answer(viewer: Viewer) -> int:
    """How many transfers wait for this side's answer."""
    return int(_waiting(viewer).count())


def _waiting(viewer: Viewer) -> Any:
    """Open transfers that this side has to answer; a row carries the annotations of the kernel query."""
    rows: Any = people_queries.transfers(viewer, "asked")
    return rows.filter(mine_to_answer=True)


def appointment(viewer: Viewer, appointment_id: int) -> Appointment | None:
    rows = Appointment.objects.visible(viewer).select_related("person", "organisation")
    return rows.filter(pk=appointment_id).first()


def former_officers(viewer: Viewer, organisation: Organisation) -> QuerySet[Appointment]:
    rows = Appointment.objects.visible(viewer).filter(organisation_id=organisation.pk, valid_to__isnull=False)
    return rows.select_related("person").order_by("-valid_to", "-pk")


def public_unions(text: str, limit: int = 12) -> list[PublicOrganisation]:
    """Unions anywhere that may receive a member: names are public, so this looks beyond the post's range."""
    text = text.strip()
    if len(text) < 2:
        return []
    rows = PublicOrganisation.objects.filter(
        state__in=("active", "founding"), kind__in=HUMAN_KINDS, name__contains=text
    )
    return list(rows.order_by("name", "pk")[:limit])


def persons(viewer: Viewer, ids: Iterable[int]) -> list[Person]:
    """People in the order given."""
    rows = {row.pk: row for row in people_queries.persons(viewer).filter(pk__in=list(ids))}
    return [rows[pk] for pk in ids if pk in rows]


def reveal_cap(viewer: Viewer, person: Person) -> int:
    """How many full numbers an account may see in a day where this person is."""
    return int(rule_queries.value("reveal.daily_cap", person.path, timezone.localdate()).value)


def parent_names(rows: Iterable[Placement | Organisation | PublicOrganisation]) -> dict[int, str]:
    """Names of parents by id, wherever they stand now: names of unions are public."""
    wanted = {one.parent_id for one in rows if one.parent_id is not None}
    return dict(PublicOrganisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def transfer_tasks(viewer: Viewer) -> list[Task]:
    """The oldest transfers that wait for this side, and one line for the rest."""
    rows = list(_waiting(viewer).order_by("asked_at")[:6])
    url = "/desk/transfers/?way=mine"
    tasks = [
        Task("会籍转移", f"{row.from_name}有1名会员申请转入", row.to_name, url, "待答复", "wait")
        if row.incoming
        else Task("会籍转移", f"{row.to_name}申请接收1名会员", row.from_name, url, "待答复", "wait")
        for row in rows[:5]
    ]
    if len(rows) > 5:
        more = transfers_to_answer(viewer) - 5
        tasks.append(Task("会籍转移", f"另有{more:,}件转会待答复", "", url, "待答复", "wait"))
    return tasks


def term_tasks(viewer: Viewer) -> list[Task]:
    """Terms that have ended or end within ninety days; the post's own organisation by name, the others as numbers."""
    found = terms(viewer)
    tasks = []
    if found["over"]:
        text = f"{found['over']:,}家工会任期已满，还没有换届"
        tasks.append(
            Task(
                "换届",
                text,
                "本岗位管辖范围",
                "/desk/organisations/?term=over",
                "已届满",
                "bad",
                "已过任期",
                "bad",
            )
        )
    if found["soon"]:
        text = f"{found['soon']:,}家工会90天内任期届满"
        tasks.append(
            Task("换届", text, "本岗位管辖范围", "/desk/organisations/?term=soon", "即将到期", "wait", "90天内")
        )
    return tasks
