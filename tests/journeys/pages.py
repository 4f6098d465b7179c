"""The main pages of the platform: who opens each, and on which face it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

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
    yield from procedure_pages(site)
    yield from business_pages(site)
    yield Main("rules", "/desk/rules/", zhou)
    yield Main("accounts", "/desk/accounts/", "chenweidong")
    yield Main("account", f"/desk/accounts/{account}/", "chenweidong")
    yield Main("account-new", "/desk/accounts/new", "chenweidong")
    yield Main("tokens", "/desk/tokens/", "chenweidong")
    yield Main("messages", "/desk/messages/", "chenweidong")
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
        ("m-notices", "/m/notices/"),
        ("m-messages-settings", "/m/messages/settings/"),
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


def _step(site: Site, where: str, role: str, *, kind: str = "%", key: str = "%") -> str:
    return str(
        site.one(
            "SELECT s.id FROM application_step s JOIN organisation o ON o.id = s.organisation_id JOIN application a"
            " ON a.id = s.application_id WHERE s.state = 'open' AND o.name = %s AND s.role = %s AND s.kind LIKE %s"
            " AND a.key LIKE %s ORDER BY s.id LIMIT 1",
            where, role, kind, key,
        )
    )  # fmt: skip


def procedure_pages(site: Site) -> Iterator[Main]:
    """What waits, one of each kind of step, why something was decided, what is due, the editors."""
    chun = "liuchunlan"
    decided = site.one(
        "SELECT id FROM application WHERE key = 'assessment.six' AND state = 'approved' ORDER BY id LIMIT 1"
    )
    six = site.one("SELECT id FROM procedure WHERE key = 'assessment.six' AND state = 'published'")
    standard = site.one("SELECT id FROM assessment_standard ORDER BY id LIMIT 1")
    notice = site.one("SELECT token FROM public_notice ORDER BY id DESC LIMIT 1")
    yield Main("inbox", "/desk/inbox/", chun)
    yield Main("step", f"/desk/steps/{_step(site, '安福县总工会', 'organising', key='membership.%')}/", chun)
    check = _step(site, "安福县枫田镇总工会", "organising", key="assessment.%")
    yield Main("check", f"/desk/assessment/check/{check}/", "yinchunsheng")
    yield Main("step-visit", f"/desk/steps/{_step(site, '安福县枫田镇总工会', 'rights', kind='visit')}/", "luochunhua")
    yield Main("applications", "/desk/applications/", chun)
    yield Main("application", f"/desk/applications/{decided}/", "zhoumin")
    yield Main("why", f"/desk/applications/{decided}/why/", "zhoumin")
    yield Main("due", "/desk/due/", chun)
    yield Main("standing-in", "/desk/standing-in/", chun)
    yield Main("objections", "/desk/objections/", chun)
    yield Main("definitions", "/desk/procedures/", chun)
    yield Main("definition", f"/desk/procedures/{six}/", chun)
    yield Main("standards", "/desk/standards/", chun)
    yield Main("standard", f"/desk/standards/{standard}/", chun)
    yield Main("grades", "/desk/assessment/", chun)
    yield Main("notices", "/notices/")
    yield Main("notice", f"/notice/{notice}/")


def benefit_pages(site: Site) -> Iterator[Main]:
    """Offers in every phase at the desk, at the door and on the phone; a merchant's own pages; a public draw."""
    desk, phone = "kangmeiling", "19900000001"
    night = site.one("SELECT id FROM offer WHERE title = '职工夜校·八段锦' ORDER BY id LIMIT 1")
    draft = site.one("SELECT id FROM offer WHERE state = 'draft' ORDER BY id LIMIT 1")
    drawn = site.rows(
        "SELECT o.id, o.number FROM offer o JOIN offer_draw d ON d.offer_id = o.id WHERE d.state = 'drawn'"
    )[0]
    claim = site.one("SELECT id FROM offer_claim WHERE offer_id = %s ORDER BY id LIMIT 1", night)
    session = site.one("SELECT id FROM offer_session WHERE offer_id = %s", night)
    base = site.one("SELECT id FROM benefit_base ORDER BY id LIMIT 1")
    travelled = site.one("SELECT session_id FROM benefit_departure ORDER BY id LIMIT 1")
    trip = site.one("SELECT offer_id FROM benefit_trip ORDER BY id DESC LIMIT 1")
    for name, path in (
        ("benefits", ""), ("benefit-new", "new"), ("benefit", f"{night}/"), ("benefit-draft", f"{draft}/publish/"),
        ("benefit-draft-edit", f"{draft}/edit/"), ("benefit-edit", f"{night}/edit/"), ("benefit-claims", f"{night}/claims/"),
        ("benefit-claim", f"claims/{claim}/"), ("benefit-give", f"{night}/give/"), ("benefit-drawn", f"{drawn['id']}/"),
        ("benefit-calendar", "calendar/"), ("benefit-fairness", "fairness/"), ("benefit-never", f"fairness/never/?year={date.today().year}&by=all"), ("benefit-providers", "providers/"), ("benefit-unusual", "unusual/"),
        ("benefit-bases", "bases/"), ("benefit-base", f"bases/{base}/"), ("benefit-base-new", "bases/new"),
        ("benefit-group", f"sessions/{travelled}/group/"), ("benefit-doors", "scan/"), ("benefit-scan", f"scan/{session}/"), ("benefit-photos", "photos/"),
    ):  # fmt: skip
        yield Main(name, f"/desk/benefits/{path}", desk)
    yield Main("redeem", "/desk/redeem/", "yinmeihua")
    yield Main("settlement", "/desk/redeem/settlement/", "yinmeihua")
    for name, path in (
        ("m-benefits", ""), ("m-benefit", f"{night}/"), ("m-benefit-trip", f"{trip}/"), ("m-tickets", "tickets/"), ("m-household", "household/"), ("m-subscription", "calendar/")
    ):  # fmt: skip
        yield Main(name, f"/m/benefits/{path}", phone)
    yield Main("draw", f"/draws/{drawn['number']}/")
    link = "a-link-that-was-handed-over"
    site.one(
        "UPDATE offer_draw_party SET token_digest = encode(sha256(%s::bytea), 'hex') WHERE id = (SELECT p.id FROM"
        " offer_draw_party p JOIN offer_draw d ON d.id = p.draw_id WHERE d.state = 'collecting' ORDER BY p.id LIMIT 1)"
        " RETURNING id",
        link.encode(),
    )
    yield Main("witness", f"/witness/{link}/")


def reform_pages(site: Site) -> Iterator[Main]:
    """A year's plan at the city, pilots and projects at a county, a guide's visit, a firm's case."""
    zhou, chun = "zhoumin", "liuchunlan"
    plan = site.one("SELECT id FROM reform_plan WHERE state = 'published' ORDER BY id LIMIT 1")
    item = site.one("SELECT id FROM reform_item WHERE plan_id = %s AND state = 'running' ORDER BY number LIMIT 1", plan)
    handed = site.one("SELECT id FROM reform_item WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1")
    pilot = site.one("SELECT pilot_id FROM reform_visit ORDER BY id LIMIT 1")
    visited = site.one(
        "SELECT g.pilot_id FROM reform_guide g JOIN account a ON a.id = g.account_id"
        " WHERE a.username = 'wangfugen' ORDER BY g.id LIMIT 1"
    )
    programme = site.one("SELECT id FROM reform_programme ORDER BY id LIMIT 1")
    row = site.one("SELECT id FROM reform_round ORDER BY id LIMIT 1")
    issue = site.one("SELECT id FROM reform_issue WHERE state = 'open' ORDER BY id LIMIT 1")
    brand = site.one("SELECT id FROM reform_brand WHERE state = 'proposed' ORDER BY id LIMIT 1")
    case = site.one("SELECT id FROM reform_case WHERE state = 'submitted' ORDER BY id LIMIT 1")
    for name, path, who in (
        ("reform", "", zhou), ("reform-below", "?whose=below", zhou), ("reform-timeline", "timeline/", zhou),
        ("reform-items", "items/", zhou), ("reform-plans", "plans/", zhou), ("reform-plan", f"plans/{plan}/", zhou),
        ("reform-plan-new", "plans/new", zhou), ("reform-item", f"items/{item}/", zhou),
        ("reform-item-edit", f"items/{item}/edit", zhou), ("reform-item-steps", f"items/{item}/steps", zhou),
        ("reform-item-down", f"items/{item}/down", zhou), ("reform-handed", f"items/{handed}/", chun),
        ("reform-pilots", "pilots/", chun), ("reform-pilot", f"pilots/{pilot}/", chun),
        ("reform-programme", f"programmes/{programme}/", chun), ("reform-programme-new", "programmes/new", chun),
        ("reform-enrol", f"programmes/{programme}/enrol", chun), ("reform-mine", "pilots/?mine=1", "wangfugen"),
        ("reform-visit", f"pilots/{visited}/visit", "wangfugen"), ("reform-rounds", "rounds/", zhou),
        ("reform-round", f"rounds/{row}/", zhou), ("reform-issues", "issues/", zhou), ("reform-issue", f"issues/{issue}/", chun),
        ("reform-issue-new", f"rounds/{row}/issues/new", zhou), ("reform-brands", "brands/", chun),
        ("reform-brand", f"brands/{brand}/", chun), ("reform-cases", "cases/", chun), ("reform-case", f"cases/{case}/", chun),
    ):  # fmt: skip
        yield Main(name, f"/desk/reform/{path}", who)


def voice_pages(site: Site) -> Iterator[Main]:
    """Voices of Anfu county in their states, a visit, a notice; the list of ten with its projects; the public side."""
    desk, member = "liuchunlan", "19900000001"
    anfu = "(SELECT path FROM organisation WHERE name = '安福县总工会')"
    for state in ("received", "handling", "answered", "closed"):
        row = site.one(
            f"SELECT id FROM voice WHERE state = '{state}' AND path LIKE {anfu} || '%%' ORDER BY number LIMIT 1"
        )
        if row is not None:
            yield Main(f"voice-{state}", f"/desk/voices/{row}/", desk)
    visit = site.one("SELECT id FROM voice_visit ORDER BY id LIMIT 1")
    bulletin = site.one("SELECT id FROM voice_bulletin ORDER BY id LIMIT 1")
    union = site.one("SELECT id FROM organisation WHERE name = '江西安福泸水河食品有限公司工会委员会'")
    for name, path in (
        ("voices", ""), ("voice-new", "new"), ("voice-import", "import"), ("voice-heat", "heat/?days=365"),
        ("voice-visits", "visits/"), ("voice-visit-new", "visits/new"), ("voice-visit", f"visits/{visit}/"),
        ("voice-bulletins", "bulletins/"), ("voice-bulletin-new", "bulletins/new"),
        ("voice-bulletin", f"bulletins/{bulletin}/"), ("voice-templates", "templates/"),
    ):  # fmt: skip
        yield Main(name, f"/desk/voices/{path}", desk)
    yield Main("voice-public", "/voices/")
    yield Main("voice-code", "/voices/code/")
    yield Main("voice-poster", f"/voices/{union}/")
    yield Main("voice-wall", f"/voices/{union}/wall")
    project = site.one("SELECT id FROM voice_project WHERE shown ORDER BY id LIMIT 1")
    selection = site.one("SELECT id FROM voice_selection ORDER BY id LIMIT 1")
    city = site.one("SELECT organisation_id FROM voice_selection ORDER BY id LIMIT 1")
    for name, path in (
        ("deeds", ""), ("deed-new", "new"), ("deed", f"{project}/"), ("deed-lists", "lists/"),
        ("deed-list", f"lists/{selection}/"),
    ):  # fmt: skip
        yield Main(name, f"/desk/deeds/{path}", "zhoumin")
    yield Main("deeds-public", f"/deeds/{city}/")
    yield Main("deed-public", f"/deeds/project/{project}/")
    for name, path in (
        ("m-voices", "voices/"), ("m-voice-new", "voices/new"), ("m-voices-public", "voices/public/"),
        ("m-weighings", "weigh/"), ("m-judgings", "judge/"),
    ):  # fmt: skip
        yield Main(name, f"/m/{path}", member)
    yield Main("deeds-promises", f"/deeds/{city}/promises/")


def place_pages(site: Site) -> Iterator[Main]:
    """Places and what is broken in them, at the desk and on a stranger's phone; wishes."""
    chun, chair = "liuchunlan", "guoweimin"
    station = site.one("SELECT place_id FROM place_ticket WHERE state = 'open' ORDER BY id LIMIT 1")
    ticket = site.one("SELECT id FROM place_ticket WHERE state = 'open' ORDER BY id LIMIT 1")
    mended = site.one("SELECT id FROM place_ticket WHERE outcome = 'fixed' ORDER BY id LIMIT 1")
    guide = site.one("SELECT place_id FROM place_consultation ORDER BY id LIMIT 1")
    question = site.one("SELECT id FROM place_consultation WHERE answered_at IS NULL ORDER BY id LIMIT 1")
    asked = site.one("SELECT id FROM wish WHERE state = 'asked' ORDER BY id LIMIT 1")
    delivered = site.one("SELECT id FROM wish WHERE state = 'delivered' ORDER BY id LIMIT 1")
    for name, path, who in (
        ("places", "desk/places/", chun), ("places-map", "desk/places/map/", "zhoumin"), ("place", f"desk/places/{station}/", chun),
        ("place-new", "desk/places/new", chun), ("place-edit", f"desk/places/{station}/edit", chun),
        ("place-import", "desk/places/import", chun), ("place-tickets", "desk/places/tickets/", chun),
        ("place-ticket", f"desk/places/tickets/{ticket}/", chun), ("place-mended", f"desk/places/tickets/{mended}/", chun),
        ("place-ticket-new", f"desk/places/{station}/ticket", chun), ("place-inspect", f"desk/places/{station}/inspect", chun),
        ("place-rounds", "desk/places/rounds/", chun), ("place-questions", "desk/places/questions/", chun),
        ("place-question", f"desk/places/questions/{question}/", chun), ("place-policies", f"desk/places/{guide}/policies/", chun),
        ("place-question-new", f"desk/places/{guide}/question", chun), ("nearby", "places/", ""),
        ("station", f"places/{station}/", ""), ("guide-station", f"places/{guide}/", ""), ("place-code", "places/code", ""),
        ("place-poster", f"places/{station}/poster", ""), ("wishes", "desk/wishes/", chair), ("wish-new", "desk/wishes/new", chair),
        ("wish", f"desk/wishes/{asked}/", chair), ("wish-delivered", f"desk/wishes/{delivered}/", chair),
        ("wish-wall", "wishes/", ""), ("m-wishes", "m/wishes/", "19900000001"), ("m-wish-new", "m/wishes/new", "19900000001"),
    ):  # fmt: skip
        yield Main(name, f"/{path}", who)


def democracy_pages(site: Site) -> Iterator[Main]:
    """A workers' congress with its sessions and proposals; talks and contracts; what a delegate has on the phone."""
    chair, delegate = "guoweimin", "19900000002"
    congress = site.one("SELECT id FROM democracy_congress ORDER BY id LIMIT 1")
    held = site.one("SELECT id FROM democracy_session WHERE state = 'closed' ORDER BY id LIMIT 1")
    called = site.one("SELECT id FROM democracy_session WHERE state = 'notified' ORDER BY id LIMIT 1")
    closed = site.one("SELECT id FROM democracy_motion WHERE state = 'closed' ORDER BY id LIMIT 1")
    handling = site.one("SELECT id FROM democracy_motion WHERE state = 'handling' ORDER BY id LIMIT 1")
    bargain = site.one("SELECT id FROM democracy_bargain ORDER BY id LIMIT 1")
    contract = site.one("SELECT id FROM democracy_contract ORDER BY id LIMIT 1")
    for name, path, who in (
        ("democracy", "desk/democracy/", "liuchunlan"), ("congress-new", "desk/democracy/congresses/new", chair),
        ("congress", f"desk/democracy/congresses/{congress}/", chair), ("session-held", f"desk/democracy/sessions/{held}/", chair),
        ("session-called", f"desk/democracy/sessions/{called}/", chair), ("motions", "desk/democracy/motions/", chair),
        ("motion-closed", f"desk/democracy/motions/{closed}/", chair), ("motion", f"desk/democracy/motions/{handling}/", chair),
        ("bargains", "desk/democracy/bargains/", chair), ("bargain", f"desk/democracy/bargains/{bargain}/", chair),
        ("bargain-new", "desk/democracy/bargains/new", chair), ("contracts", "desk/democracy/contracts/", "liuchunlan"),
        ("contract", f"desk/democracy/contracts/{contract}/", chair), ("contract-new", "desk/democracy/contracts/new", chair),
        ("m-democracy", "m/democracy/", delegate), ("m-session", f"m/democracy/sessions/{called}/", delegate),
        ("m-motions", "m/democracy/motions/", delegate), ("m-motion", f"m/democracy/motions/{closed}/", delegate),
        ("m-motion-new", "m/democracy/motions/new", delegate),
    ):  # fmt: skip
        yield Main(name, f"/{path}", who)


def filing_pages(site: Site) -> Iterator[Main]:
    """The form of the city, what it was filled with, and what Anfu is asked."""
    city = "zhoumin"
    form = site.one("SELECT id FROM filing_template ORDER BY id LIMIT 1")
    question = site.one(
        "SELECT q.id FROM filing_question q JOIN organisation o ON o.id = q.organisation_id WHERE o.name ="
        " '安福县总工会' AND q.answered_at IS NULL ORDER BY q.id LIMIT 1"
    )
    rolled = site.one("SELECT id FROM filing_question WHERE rolls_up ORDER BY id DESC LIMIT 1")
    yield Main("filings", "/desk/filings/", city)
    yield Main("filing-new", "/desk/filings/new", city)
    for row in site.rows("SELECT id, state FROM filing ORDER BY id"):
        yield Main(f"filing-{row['state']}", f"/desk/filings/{row['id']}/", city)
    yield Main("forms", "/desk/filings/forms/", city)
    yield Main("form-new", "/desk/filings/forms/new", city)
    yield Main("form", f"/desk/filings/forms/{form}/", city)
    yield Main("form-cell", f"/desk/filings/forms/{form}/?cell=E7", city)
    yield Main("form-guess", f"/desk/filings/forms/{form}/guess", city)
    yield Main("form-standing", f"/desk/filings/forms/{form}/standing", city)
    yield Main("form-questions", "/desk/filings/questions/", city)
    yield Main("form-question", f"/desk/filings/questions/{question}/", "liuchunlan")
    yield Main("form-question-rolled", f"/desk/filings/questions/{rolled}/", city)


def business_pages(site: Site) -> Iterator[Main]:
    """Files, payments, cases, letters and tickets of a county; orders of money; honours and selections."""
    rights, money, praise = "ouyangjing", "xieguoping", "kangmeiling"
    yield Main("casework", "/desk/cases/", rights)
    for name, part, table in (
        ("file", "files", "casework_file"), ("aid", "aids", "casework_aid"), ("case", "rights", "casework_case"),
        ("letter", "letters", "casework_letter"), ("ticket", "tickets", "casework_ticket"),
    ):  # fmt: skip
        one = site.one(
            f"SELECT t.id FROM {table} t JOIN organisation o ON t.path LIKE o.path || '%%' WHERE o.name = '安福县总工会'"
            " ORDER BY t.id LIMIT 1"
        )
        yield Main(f"{name}s", f"/desk/cases/{part}/", rights)
        yield Main(name, f"/desk/cases/{part}/{one}/", rights)
    order = site.one("SELECT id FROM grant_order WHERE state = 'paid' ORDER BY id LIMIT 1")
    yield Main("figures", "/desk/figures/", praise)
    yield Main("figure", "/desk/figures/members/?by=age", praise)
    yield Main("figure-records", "/desk/figures/members_women/records/", praise)
    yield Main("figure-new", "/desk/figures/new", praise)
    yield Main("board", "/desk/boards/", "zengjianguo")
    yield Main("board-organising", "/desk/boards/of/organising/", "zhoumin")
    yield Main("board-below", "/desk/boards/", "wangjianming")
    yield Main("board-union", "/desk/boards/", "guoweimin")
    yield Main("board-edit", "/desk/boards/of/leader/edit", "zengjianguo")
    yield Main("screen", "/desk/boards/screen/", "zengjianguo")
    yield Main("exports", "/desk/exports/", "zhoumin")
    yield Main("export-new", "/desk/exports/new", "zhoumin")
    yield Main("targets", "/desk/targets/", "zhoumin")
    yield Main("reports", "/desk/reports/", "zhoumin")
    yield Main("report-new", "/desk/reports/new", "zhoumin")
    yield Main("report-templates", "/desk/reports/templates/", "zhoumin")
    yield Main("report-template-new", "/desk/reports/templates/new?from=brief", "zhoumin")
    yield Main("target-new", "/desk/targets/new", "zhoumin")
    yield from place_pages(site)
    yield from filing_pages(site)
    yield from voice_pages(site)
    yield from democracy_pages(site)
    yield Main("orders", "/desk/funds/", money)
    yield Main("order", f"/desk/funds/{order}/", money)
    campaign = site.one("SELECT id FROM honour_campaign ORDER BY id DESC LIMIT 1")
    conferral = site.one("SELECT id FROM honour_conferral ORDER BY id LIMIT 1")
    yield Main("campaigns", "/desk/honours/", praise)
    yield Main("campaign", f"/desk/honours/campaigns/{campaign}/", praise)
    yield Main("honours", "/desk/honours/register/", praise)
    yield Main("honour", f"/desk/honours/{conferral}/", praise)
    yield Main("contests", "/desk/contests/", praise)
    yield from reform_pages(site)
    yield from benefit_pages(site)
    quiz, plan = (
        site.one(f"SELECT id FROM {table} ORDER BY id LIMIT 1") for table in ("learning_quiz", "learning_plan")
    )
    yield Main("quizzes", "/desk/learning/", praise)
    yield Main("quiz", f"/desk/learning/quizzes/{quiz}/", praise)
    yield Main("quiz-new", "/desk/learning/quizzes/new", praise)
    yield Main("bank", "/desk/learning/bank/", praise)
    yield Main("bank-import", "/desk/learning/bank/import", praise)
    yield Main("plans", "/desk/learning/reading/", praise)
    yield Main("plan", f"/desk/learning/reading/{plan}/", praise)
    yield Main("plan-new", "/desk/learning/reading/new", praise)
    yield Main("m-quizzes", "/m/quiz/", "19900000001")
    yield Main("m-quiz", f"/m/quiz/{quiz}/", "19900000001")
    yield Main("m-ranking", f"/m/quiz/{quiz}/ranking/", "19900000001")
    yield Main("m-reading", "/m/reading/", "19900000001")
    yield Main("m-plan", f"/m/reading/{plan}/", "19900000001")
    yield Main("m-chapter", f"/m/reading/{plan}/1/", "19900000001")
    menu = site.one("SELECT id FROM benefit_menu ORDER BY id LIMIT 1")
    dish = site.one("SELECT id FROM benefit_dish WHERE menu_id = %s AND state = 'opened' ORDER BY id LIMIT 1", menu)
    asked = site.one("SELECT id FROM benefit_dish WHERE state = 'approved' ORDER BY id LIMIT 1")
    yield Main("menus", "/desk/benefits/menus/", praise)
    yield Main("menu-new", "/desk/benefits/menus/new", praise)
    yield Main("menu", f"/desk/benefits/menus/{menu}/", praise)
    yield Main("dish", f"/desk/benefits/menus/dishes/{dish}/", praise)
    yield Main("dish-open", f"/desk/benefits/menus/dishes/{asked}/", praise)
    yield Main("m-menu", "/m/benefits/menu/", "19900000002")
    yield Main("wall", "/honours/")
    yield Main("awards", "/contests/")
