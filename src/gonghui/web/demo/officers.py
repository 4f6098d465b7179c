"""Who acts in the demonstration: the cast where it has somebody, generated people where it has nobody."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from gonghui.kernel.access.queries import viewer_of_member, viewer_of_post
from gonghui.kernel.models import Account, Appointment, Membership, Organisation, Person, Post
from gonghui.kernel.procedures.models import Step
from gonghui.kernel.viewer import Viewer

from .names import person_name

_STYLES = {
    "grassroots_chair": ("zhuxi", "主席"),
    "organising": ("zuzhi", "经办"),
    "rights": ("quanyi", "帮扶专干"),
    "publicity": ("xuanjiao", "经办"),
    "finance": ("caiwu", "会计"),
    "leader": ("lingdao", "主席"),
    "guide": ("zhidao", "产改指导员"),
    "liaison": ("lianluo", "产改联络员"),
    "observer": ("guancha", "产改观察员"),
}
"""Role → how accounts are called, and the title of the post, where the cast has nobody."""


class Officers:
    """Viewers of posts and of members; `today` is the day the data looks fresh on.

    :param named: how many accounts others have named before.
    """

    def __init__(self, random: Random, today: date, named: int = 0) -> None:
        self.random, self.today = random, today
        self._held: dict[tuple[int, str], list[Viewer]] = {}
        self._named = named
        self._phones = 0
        self._taken: set[int] = set()

    def back(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def holder(self, place: Organisation, role: str = "organising") -> Viewer:
        """Who holds a post; made where the cast has nobody: without a password, nobody logs in as them."""
        return self.holders(place, role)[0]

    def holders(self, place: Organisation, role: str) -> list[Viewer]:
        """Everybody of one post, those of the cast in its order."""
        known = self._held.get((place.pk, role))
        if known is None:
            posts = Post.objects.filter(organisation=place, role=role).select_related("account").order_by("pk")
            found = list(posts) or [self._post(place, role)]
            known = self._held[place.pk, role] = [viewer_of_post(post.account, post) for post in found]
        return known

    def of(self, step: Step) -> Viewer:
        """Whose step it is."""
        assert step.organisation is not None
        return self.holder(step.organisation, step.role)

    def _post(self, place: Organisation, role: str) -> Post:
        self._named += 1
        username, title = _STYLES[role]
        chair = Appointment.objects.filter(organisation=place, office="chair", valid_to__isnull=True).first()
        known = chair is not None and role == "grassroots_chair"
        name = chair.person.name if chair is not None and known else self.name()
        account = Account.objects.create(
            username=f"{username}{self._named:03d}", name=name, kind="staff", password=make_password(None)
        )
        return Post.objects.create(
            account=account, organisation=place, path=place.path, role=role, valid_from=date(2022, 1, 1), title=title,
            granted_by=account.pk, granted_at=timezone.now(),
        )  # fmt: skip

    # -- workers -------------------------------------------------------------------------------------------

    def member(self, person: Person) -> Viewer:
        """A member on the phone; the account is made as the first log-in makes it."""
        account, _ = Account.objects.get_or_create(
            person_id=person.pk,
            defaults={"username": f"m{person.pk}", "name": person.name, "kind": "member", "password": "!"},
        )
        return viewer_of_member(account)

    def workers(self, below: Organisation, count: int) -> list[Membership]:
        """Members who hold no office and do not belong to the cast, each handed out once: of one union, or one of
        each of several unions below a federation."""
        rows = Membership.objects.filter(
            status="active", valid_to__isnull=True, organisation__level="unit", organisation__state="active",
            organisation__kind="grassroots_union", path__gte=below.path, path__lt=below.path + "~",
            last_sign_on__gte=self.back(330), person__account__isnull=True,
        ).exclude(pk__in=self._taken)  # fmt: skip
        rows = rows.exclude(person__in=Appointment.objects.filter(valid_to__isnull=True).values("person"))
        if below.kind == "federation":
            rows = rows.order_by("organisation_id", "pk").distinct("organisation_id")
        else:
            rows = rows.order_by("pk")
        found = list(rows.select_related("person", "organisation")[:count])
        if len(found) < count:
            raise AssertionError(f"only {len(found)} of {count} workers below {below.name}")
        self._taken.update(row.pk for row in found)
        return found

    def name(self) -> str:
        return person_name(self.random, self.random.random() < 0.4)

    def phone(self) -> str:
        """A number that no member of the demonstration has."""
        self._phones += 1
        return f"19900{900000 + self._phones:06d}"
