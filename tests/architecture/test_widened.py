"""Who may look beyond an actor's range: a list that is read before it grows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gonghui"

WIDENED = {
    "apps/reports/queries/__init__.py:by_token": "who holds an issued report may ask whether it was issued; its words are not told",
    "kernel/figures/queries/lineage.py:fingerprint": "all records of a number are sealed by a digest; keys name nobody",
    "kernel/figures/queries/lineage.py:lineage": "the number counts what the reader may not open; of that only the count is told",
    "kernel/figures/queries/values.py:by_dimension": "a number of a place in range, counted over records that have their own seats",
    "kernel/figures/queries/values.py:_numbers": "numbers of places in range, counted over records that have their own seats",
    "kernel/figures/queries/values.py:trends": "a number of a place in range, counted over records that have their own seats",
    "apps/benefits/queries/member.py:has_feed": "the member's own link",
    "apps/benefits/queries/member.py:sessions_of_feed": "whoever has the link is told of one member's sessions, without a name",
    "apps/benefits/services/feeds.py:close_feed": "the member's own link",
    "apps/benefits/services/feeds.py:open_feed": "the member's own link, kept with the person",
    "kernel/messages/queries.py:days": "counts of the viewer's range; the rows are for their persons alone",
    "kernel/messages/queries.py:troubles": "counts of the viewer's range; the rows are for their persons alone",
    "kernel/messages/services/own.py:choose": "a member has no range; the rows are their own",
    "kernel/messages/services/own.py:read": "a member has no range; the rows are their own",
    "kernel/messages/services/telling.py:tell": "who is to know stands anywhere; nobody but they reads it",
    "kernel/quotas/audience.py:holds": "whether an offer is for a person is asked of that person's own membership, wherever it is",
    "kernel/quotas/queries.py:_used_up": "a limit counts over all offers that share it, also those of other places",
    "kernel/quotas/queries.py:barred": "no-shows count wherever they were; only the days are read",
    "kernel/quotas/queries.py:fairness": "counts of members of the range; where each was served is not read",
    "kernel/quotas/queries.py:never_served": "numbers of members of the range alone; where others were served is not read",
    "kernel/quotas/queries.py:for_member": "a member has no range; their own membership says whose offers are for them",
    "kernel/quotas/queries.py:funnel": "counts of an offer that was found in range; its members stand elsewhere",
    "kernel/quotas/queries.py:handed_session": "the place is offered to the viewer; whose it is is not read",
    "kernel/quotas/queries.py:served_before": "a member was served wherever it was; only the last one is named to them",
    "kernel/quotas/queries.py:witness": "who has the link was given it; the draw is public but for its secrets",
    "kernel/quotas/services/check_ins.py:check_in": "the claim is read by the code shown; who may use it is asked before anything is written",
    "kernel/quotas/services/check_ins.py:merge_offline": "as check_in, once for each scan of the list",
    "kernel/quotas/services/check_ins.py:settle_dispute": "the scan was found in range; its claim and counter are the same offer's",
    "kernel/quotas/services/check_ins.py:undo_check_in": "the check-in was found in range, or to be the merchant's own",
    "kernel/quotas/services/claiming.py:grant": "offer and audience were checked in range; the person's limit counts elsewhere too",
    "kernel/quotas/services/draws.py:lock_list": "applicants stand anywhere below or beside; the offer was found in range",
    "kernel/quotas/services/draws.py:run_draw": "applicants stand anywhere; the offer was found in range",
    "kernel/quotas/services/entering.py:_entered": "a member has no range; the entry is theirs",
    "kernel/quotas/services/entering.py:answer": "a member has no range; the claim is theirs",
    "kernel/quotas/services/entering.py:enter_many": "who has earned it stands anywhere; the offer was found in range",
    "kernel/quotas/services/entering.py:enter": "a member has no range; the offer is held against the list, the entry is theirs",
    "kernel/quotas/services/entering.py:expire": "the platform's clock; places nobody answered for",
    "kernel/quotas/services/entering.py:promote": "who waits for a place stands anywhere; the counter is locked by who released it",
    "kernel/quotas/services/entering.py:release": "the counter of a claim that was found to be the member's or in range",
    "kernel/quotas/services/entering.py:wait": "a member has no range; the entry is theirs",
    "kernel/quotas/services/entering.py:withdraw": "a member has no range; the entry is theirs",
    "kernel/quotas/services/handing_on.py:_answered": "the handover was found to be the viewer's, on one side or the other",
    "kernel/quotas/services/handing_on.py:accept_handover": "the handover was found to be the receiver's; the claim is the giver's",
    "kernel/quotas/services/handing_on.py:ask_to_take_over": "the claim is the giver's; who is named stands anywhere, and nothing of them is told",
    "kernel/quotas/services/leftovers.py:offer_rest": "who drew none stands anywhere; the offer was found in range",
    "kernel/quotas/services/households.py:join_household": "a member has no range; the code proves that the other side agreed",
    "kernel/quotas/services/households.py:leave_household": "a member has no range; the tie is theirs",
    "kernel/quotas/services/households.py:start_household": "a member has no range; the tie is theirs",
    "kernel/quotas/services/witnesses.py:check_outside_by_link": "a witness has no range; the link was handed over for this",
    "kernel/quotas/services/witnesses.py:commit": "a witness may hold a post elsewhere; the account or the range is checked",
    "kernel/quotas/services/witnesses.py:commit_by_link": "a witness has no range; the link was handed over for this",
    "kernel/quotas/services/witnesses.py:make_link": "a witness may hold a post elsewhere; the account or the range is checked",
    "kernel/quotas/services/witnesses.py:reveal": "a witness may hold a post elsewhere; the account or the range is checked",
    "kernel/quotas/services/witnesses.py:reveal_by_link": "a witness has no range; the link was handed over for this",
    "kernel/procedures/queries/applying.py:_living": "names of unions are public; starting is authorised by the service",
    "kernel/procedures/queries/applying.py:open_evidence": "a file of an application whose reader was authorised before",
    "kernel/procedures/queries/applying.py:seen": "steps lie above the applicant; the applicant or the link is checked first",
    "kernel/procedures/queries/applying.py:way": "names of offices and their days are public",
    "kernel/procedures/queries/applications.py:by_token": "who has the tracking link made the application",
    "kernel/procedures/queries/applications.py:evidence": "files of a case stand in no range; its rows were read in the reader's",
    "kernel/procedures/queries/applications.py:tracked": "who has the tracking link made the application",
    "kernel/procedures/services/drafts.py:refuse_second": "one open application of a kind, wherever it was made",
    "kernel/procedures/services/drafts.py:start": "a member has no range; the draft is theirs",
    "kernel/procedures/services/evidence.py:open_evidence": "judges and applicants have no range; the application was checked",
    "kernel/procedures/services/notices.py:object_to": "a notice is public",
    "kernel/procedures/queries/notices.py:open_notices": "a public notice is public",
    "kernel/procedures/queries/notices.py:notice": "a public notice is public",
    "kernel/procedures/queries/notices.py:objection_by_code": "who has the code made the objection",
    "kernel/procedures/services/revealing.py:_looks_today": "the cap counts what an account unmasked in all its posts",
    "kernel/procedures/services/running.py:moving": "steps lie with posts above and beside the actor; each act authorises itself",
    "kernel/procedures/services/simulating.py:_office": "which office above a step would go to, and whether somebody holds it",
    "kernel/procedures/services/standing_in.py:delegate": "a stand-in takes part in what the post takes part in",
    "apps/democracy/queries/__init__.py:by_token": "who has the public number of a ballot may count it again; names of voters are not read",
    "apps/democracy/queries/__init__.py:paper_file": "the paper was found to be laid before the member's own congress",
    "apps/democracy/services/casting.py:cast": "a vote comes from nobody; the ballot's signature is its right",
    "apps/democracy/services/holding.py:seated": "a member has no range; the seat in the congress was found to be theirs",
    "apps/filings/queries/received.py:bytes_of": "the file of a form that the viewer may read; it may lie with the body above that sent it",
    "apps/membership/fitting.py:_employers": "which union serves an employer is public; only that is read",
    "apps/membership/fitting.py:house": "who joins has no range; the union is listed on the portal",
    "apps/learning/queries.py:asked": "the paper is the member's own; the right answer is not read",
    "apps/learning/queries.py:chapter": "the plan was found meant for the reader",
    "apps/learning/queries.py:chapters": "the plan was found meant for the reader",
    "apps/learning/queries.py:marked": "the paper is the member's own and was handed in",
    "apps/learning/queries.py:own_plans": "what the bodies above a member's union publish is meant for the member",
    "apps/learning/queries.py:own_quiz": "what the bodies above a member's union publish is meant for the member",
    "apps/learning/queries.py:own_quizzes": "what the bodies above a member's union publish is meant for the member",
    "apps/learning/queries.py:untried_today": "the same, of those that run today",
    "apps/learning/queries.py:own_standing": "a member's place among all; only how many are ahead is read",
    "apps/learning/queries.py:places": "a ranking of all; names leave masked",
    "apps/learning/queries.py:shared": "what members chose to share; names leave masked",
    "apps/learning/queries.py:union_places": "a ranking of unions, whose names are public; only sums are read",
    "apps/learning/services/attempts.py:answer": "a member has no range; the row is theirs by its condition",
    "apps/learning/services/attempts.py:begin": "a member has no range; the quiz was found meant for them",
    "apps/learning/services/attempts.py:hand_in": "a member has no range; the row is theirs by its condition",
    "apps/learning/services/reading.py:check_in": "a member has no range; the plan was found meant for them",
    "apps/honours/queries.py:by_token": "whoever has the code of a certificate has the certificate in hand",
    "apps/casework/reasons.py:standing": "a household's file and what the year brought it, wherever it was made",
    "apps/casework/services/hardship.py:_bank_of": "the account in the file of the household that the grant is for",
    "apps/casework/services/hardship.py:_leave_former": "a household has one file, wherever it was made",
    "apps/casework/services/hardship.py:open_file": "the former file may lie with another county",
    "apps/places/queries/public.py:consultation": "who has the code asked the question",
    "apps/places/queries/public.py:opened": "the row with the file was read by the reader's own right",
    "apps/places/queries/public.py:report": "who has the code made the report",
    "apps/places/services/guidance.py:answer_read": "who has the code asked the question; only that it was read is noted",
    "apps/places/services/guidance.py:ask": "anybody may ask an open station; the row belongs to who keeps it",
    "apps/places/services/reporting.py:report": "anybody may report on an open place; the row belongs to who keeps it",
    "apps/places/services/reporting.py:seen": "who has the code made the report; only that it was read is noted",
    "apps/places/services/reporting.py:thank": "who has the code made the report; a count grows by one",
    "apps/places/services/reporting.py:unsolved": "who has the code made the report; it goes to the body above",
    "apps/places/services/revealing.py:_looks_today": "the account's own looks of the day, whichever post it acted in",
    "apps/wishes/services.py:claim": "what is on the wall may be claimed by anybody; sensitive ones are asked for in range",
    "apps/wishes/services.py:confirm": "the wish was found to be the member's, or in range",
    "apps/wishes/services.py:deliver": "the claim was found to be the actor's own; the wish may stand elsewhere",
    "apps/wishes/services.py:drop": "the claim was found to be the actor's own; the wish may stand elsewhere",
    "apps/wishes/services.py:make": "a member has no range; the wish belongs to the union of the membership",
    "apps/wishes/services.py:mend": "a member has no range; the wish is theirs",
    "apps/wishes/services.py:not_arrived": "the wish was found to be the member's, or in range",
    "apps/wishes/services.py:withdraw": "a member has no range; the wish is theirs",
    "apps/benefits/queries/member.py:_ahead": "how many stand before an entry that waits: a count",
    "apps/benefits/queries/member.py:household": "who lives together gave one another their names",
    "apps/benefits/queries/merchants.py:offers_of": "the viewer was found to be the merchant's clerk, or reaches it",
    "apps/benefits/queries/merchants.py:redemptions": "a merchant's own redemptions; names are masked",
    "apps/benefits/queries/merchants.py:settlement": "sums of a merchant's own redemptions",
    "apps/benefits/queries/opinions.py:_opened": "the row with the picture was read by the viewer's own right",
    "apps/benefits/queries/public.py:by_tag": "a tag says nothing of who has it; only its outcome is told",
    "apps/benefits/queries/trips.py:over_year_cap": "what a union paid for a person in a year counts wherever it was; only the sum is read",
    "apps/benefits/services/groups.py:drop_companion": "a member has no range; the place was found to be theirs",
    "apps/benefits/services/groups.py:name_companion": "a member has no range; the place was found to be theirs",
    "apps/benefits/services/opinions.py:give_photo": "a member has no range; the row belongs to the offer's organisation",
    "apps/benefits/services/opinions.py:take_back_photo": "a member has no range; the photo is theirs by its condition",
    "apps/benefits/services/opinions.py:rate": "a member has no range; the row belongs to the offer's organisation",
    "apps/benefits/services/reminding.py:forget": "a member has no range; the row is their own",
    "apps/benefits/services/reminding.py:remind": "a member has no range; the row belongs to the offer's organisation",
    "apps/benefits/services/wishes.py:_voted": "a member has no range; the menu was found to be for them, the vote is theirs",
    "apps/benefits/services/wishes.py:propose": "a member has no range; the menu was found to be for them, the wish is theirs",
    "apps/benefits/services/wishes.py:unvote": "a member has no range; the vote is theirs",
    "apps/portal/services.py:ask_correction": "a member has no range; the row belongs to the union of the membership",
    "apps/rosters/services/member_rows.py:MemberRows._beyond": "a new member may be registered elsewhere already",
    "apps/rosters/services/members.py:_merge_new": "somebody without a union may be registered elsewhere",
    "apps/rosters/services/organisation_rows.py:OrganisationRows._refuse_taken_codes": "a credit code is taken once in the country",
    "apps/rosters/services/organisations.py:_employers": "an employer's credit code is taken once in the country",
    "apps/rosters/services/undoing.py:_members": "a person goes back to where the last union was",
    "apps/voice/queries/projects.py:invitation_of_voice": "who has shown the code of a voice is its author",
    "apps/voice/queries/public_projects.py:picture": "a picture that its body shows to everybody; its bytes lie in the body's range",
    "apps/voice/queries/voices.py:file": "a file of a voice that the reader was found to see; its row lies in its body's range",
    "apps/voice/queries/voices.py:files": "files of a voice that the reader was found to see",
    "apps/voice/queries/voices.py:joined": "the backing is the member's own: what was answered to the matter is answered to them",
    "apps/voice/queries/voices.py:notices": "meant for the members of these bodies; the reader's own membership says which",
    "apps/voice/services/own.py:see_joined": "a member has no range; the backing is their own",
    "apps/voice/services/acts.py:_carry": "what was merged goes where its lead goes, which was found in range",
    "apps/voice/services/anonymous.py:by_code": "who has the code of a voice is its author",
    "apps/voice/services/anonymous.py:drop_voice": "the name and the rules of a union are public; nothing is written but a slip",
    "apps/voice/services/handling.py:_lifted": "which body stands above is public",
    "apps/voice/services/handling.py:answer": "authors of merged voices stand anywhere; the lead was found in range",
    "apps/voice/services/handling.py:keep_promise": "authors of merged voices stand anywhere; the lead was found in range",
    "apps/voice/services/handling.py:to_right_desk": "the right desk may stand above; the voice was found in range and leaves it",
    "apps/voice/services/merging.py:join": "a public matter is everybody's; the backing is the member's own",
    "apps/voice/services/own.py:_own": "a member has no range; the voice was found to be theirs",
    "apps/voice/services/raising.py:import_paper": "each unit was found in range; who handles it may stand above",
    "apps/voice/services/raising.py:raise_by_poster": "anybody may write to a union",
    "apps/voice/services/raising.py:raise_own": "a member has no range; the union is their own",
    "apps/voice/services/raising.py:register": "the unit was found in range; who handles it may stand above",
    "apps/voice/services/evaluating.py:judge": "a member has no range; the invitation is theirs",
    "apps/voice/services/evaluating.py:judge_by_code": "who has shown the code of a voice is its author",
    "apps/voice/services/weighing.py:weigh": "a member has no range; the selection is of a body above their own union",
    "apps/vitality/services.py:appeal": "a member has no range; the finding is about their own membership",
    "kernel/access/queries.py:viewer_of_token": "before a token is read there is no range",
    "kernel/access/services/accounts.py:same_person": "三权分立 holds for a person wherever their posts are",
    "kernel/access/services/accounts.py:held_roles": "三权分立 holds for a person wherever their posts are",
    "kernel/access/services/accounts.py:install_officers": "the first posts of an installation, before there is anybody",
    "kernel/access/views/trail.py:export": "the auditor of the root reads the records that belong to no organisation",
    "kernel/org/queries/tree.py:tree_on": "names and places of unions are public; some stood here then and stand elsewhere now",
    "kernel/people/services/memberships.py:_last_end": "the last day of a former membership, wherever it was",
    "kernel/people/services/merges.py:merge_people": "history in unions elsewhere; both persons were checked in range",
    "kernel/people/services/merges.py:undo_merge": "history in unions elsewhere; the merger was found in range",
    "kernel/people/services/persons.py:find_known": "one natural person once, wherever registered first",
    "kernel/people/services/persons.py:_take_over": "a person without a union is taken over by the union they join",
    "kernel/people/services/persons.py:_reveals_today": "the cap counts what an account unmasked in all its posts",
    "kernel/people/services/transfers.py:ask_transfer_in": "the receiving union asks for a member it knows by paper",
    "kernel/people/services/transfers.py:_ask": "a request stands in both unions",
    "kernel/people/services/transfers.py:answer_transfer": "the membership moves between two ranges; this side was checked",
    "kernel/people/services/transfers.py:withdraw_transfer": "a request stands in both unions; this side was checked",
}
"""Function → why the step must cross the range. Authorise row by row before widening; keep the block small."""

TAKES_A_SCOPE = {
    "kernel/procedures/services/decisions.py:_back": "after an effect the engine goes on across the range",
    "kernel/procedures/services/decisions.py:_happen": "an effect acts in the range of who decided",
    "kernel/access/api_auth.py:PostToken.authenticate": "a token's request",
    "kernel/access/doors.py:identify": "a browser's request",
    "kernel/access/queries.py:posts_of": "an account's own posts, before it acts in one",
    "kernel/access/services/codes.py:_own_row": "the person whose phone was just proven",
}
"""Who gives a transaction its range; jobs and commands use `acting`."""


def _calls(names: frozenset[str]) -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(SOURCE).as_posix()
        if "/tests/" in where or where == "kernel/scope.py" or where.endswith("factories.py"):
            continue
        yield from (f"{where}:{function}" for function in _in(ast.parse(path.read_text("utf-8")), names, ()))


def _in(node: ast.AST, names: frozenset[str], inside: tuple[str, ...]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _in(child, names, (*inside, child.name))
            continue
        if isinstance(child, ast.Call):
            called = child.func.id if isinstance(child.func, ast.Name) else getattr(child.func, "attr", "")
            if called in names:
                yield ".".join(inside)
        yield from _in(child, names, inside)


def test_only_listed_steps_look_beyond_the_range() -> None:
    found = set(_calls(frozenset({"widened"})))
    assert sorted(found - WIDENED.keys()) == [], (
        "authorise row by row first, then add the step to WIDENED with its reason"
    )
    assert sorted(WIDENED.keys() - found) == [], "these steps no longer widen; take them off the list"


def test_only_doors_give_a_request_its_range() -> None:
    found = set(_calls(frozenset({"take_scope", "take_scope_of", "take_account"})))
    assert sorted(found - TAKES_A_SCOPE.keys()) == [], "use a door, or `acting` in jobs and commands"
    assert sorted(TAKES_A_SCOPE.keys() - found) == []
