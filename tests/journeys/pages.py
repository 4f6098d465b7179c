"""The main pages of the platform: who opens each, and on which face it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .rosters import UNION
from .site import Site

DRIVERS = "吉安市物流行业工会联合会遂川货运分会"


@dataclass(frozen=True)
class Main:
    """One page; `who` is a staff username, a member's phone, or empty for a stranger."""

    name: str
    path: str
    who: str = ""
    status: int = 200

    @property
    def member(self) -> bool:
        return self.who.isdigit()


def main_pages(site: Site) -> Iterator[Main]:
    """Every main page, with ids looked up where an address has one."""
    union, anfu = site.organisation(UNION), site.organisation("安福县总工会")
    drivers = site.organisation(DRIVERS)
    person = site.one("SELECT person_id FROM account WHERE name = '刘细妹' AND kind = 'member'")
    account = site.one("SELECT id FROM account WHERE username = 'liuchunlan'")
    chun, zhou, guo = "liuchunlan", "zhoumin", "19900000001"
    for name, path in (
        ("desk-home", "/desk/"),
        ("organisations", "/desk/organisations/"),
        ("tree", "/desk/organisations/tree/"),
        ("organisation", f"/desk/organisations/{union}/"),
        ("organisation-officers", f"/desk/organisations/{union}/officers/"),
        ("organisation-members", f"/desk/organisations/{union}/members/"),
        ("organisation-below", f"/desk/organisations/{anfu}/below/"),
        ("organisation-history", f"/desk/organisations/{union}/history/"),
        ("organisation-life", f"/desk/organisations/{union}/life/"),
        ("found", f"/desk/organisations/{anfu}/found/"),
        ("move", f"/desk/organisations/{union}/move/"),
        ("merge", f"/desk/organisations/{union}/merge/"),
        ("members", "/desk/members/"),
        ("person", f"/desk/people/{person}/"),
        ("admit", f"/desk/members/new?organisation={union}"),
        ("duplicates", "/desk/duplicates/"),
        ("transfers", "/desk/transfers/"),
        ("corrections", "/desk/corrections/"),
        ("find", "/desk/find"),
        ("rosters", "/desk/rosters/"),
        ("roster-new", "/desk/rosters/new"),
        ("roster-export", "/desk/rosters/export"),
        ("vitality", "/desk/vitality/"),
        ("vitality-members", "/desk/vitality/paper_member/"),
    ):
        yield Main(name, path, chun)
    for row in site.rows("SELECT id, state FROM roster_import ORDER BY id"):
        yield Main(f"roster-{row['state']}", f"/desk/rosters/{row['id']}/", chun)
        yield Main(f"roster-{row['state']}-problems", f"/desk/rosters/{row['id']}/problems/", chun)
    finding = site.rows("SELECT id FROM vitality_finding ORDER BY id LIMIT 1")
    if finding:
        yield Main("finding", f"/desk/vitality/{finding[0]['id']}/", chun)
    certificate = site.one("SELECT id FROM procedure WHERE key = 'portal.certificate'")
    yield Main("apply", "/desk/apply/", chun)
    yield Main("apply-start", f"/desk/apply/{certificate}/", chun)
    yield Main("applied", "/desk/applied/", chun)
    yield Main("m-services", "/m/services/", guo)
    yield Main("m-start", f"/m/services/{certificate}/", guo)
    yield Main("m-applications", "/m/applications/", guo)
    yield Main("services", "/services/")
    yield Main("services-at", f"/services/{union}/")
    yield Main("rules", "/desk/rules/", zhou)
    yield Main("accounts", "/desk/accounts/", "chenweidong")
    yield Main("account", f"/desk/accounts/{account}/", "chenweidong")
    yield Main("account-new", "/desk/accounts/new", "chenweidong")
    yield Main("tokens", "/desk/tokens/", "chenweidong")
    yield Main("trail", "/desk/trail/", "luojing")
    yield Main("trail-access", "/desk/trail/access/", "huxiaofeng")
    yield Main("own", "/account/", zhou)
    yield Main("refused", "/desk/members/", "chenweidong", 403)
    yield Main("missing", "/desk/nothing-here/", zhou, 404)
    for name, path in (
        ("m-home", "/m/"),
        ("m-card", "/m/card/"),
        ("m-me", "/m/me/"),
        ("m-looks", "/m/me/looks/"),
        ("m-corrections", "/m/me/corrections/"),
        ("m-transfer", "/m/transfer/"),
    ):
        yield Main(name, path, guo)
    for name, path, status in (
        ("site", "/", 200),
        ("union", f"/u/{drivers}/", 200),
        ("join", f"/join/{drivers}/", 200),
        ("site-find", "/find/?q=物流", 200),
        ("verify", "/card/not-a-card/", 404),
        ("api-docs", "/api/v1/docs", 200),
        ("login", "/login/", 200),
        ("m-login", "/m/login/", 200),
        ("not-found", "/nothing-here/", 404),
    ):
        yield Main(name, path, "", status)
