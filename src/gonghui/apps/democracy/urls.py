"""Addresses of democratic management: the desk, the phone, and what anybody may check."""

from django.urls import URLPattern, URLResolver, include, path

from .views import congress, contracts, files, member, motions, public, session

_pages = [
    path("desk/democracy/", congress.board, name="board"),
    path("desk/democracy/congresses/new", congress.congress_new, name="congress-new"),
    path("desk/democracy/congresses/<int:pk>/", congress.one, name="congress"),
    path("desk/democracy/congresses/<int:pk>/act", congress.act, name="congress-act"),
    path("desk/democracy/sessions/<int:pk>/", session.one, name="session"),
    path("desk/democracy/sessions/<int:pk>/act", session.act, name="session-act"),
    path("desk/democracy/papers/<int:pk>/", files.paper, name="paper"),
    path("desk/democracy/sessions/<int:pk>/minutes", files.minutes, name="minutes"),
    path("desk/democracy/elections/<int:pk>/proof", files.proof, name="proof"),
    path("desk/democracy/bargains/<int:pk>/draft", files.draft, name="draft"),
    path("desk/democracy/bargains/<int:pk>/vote", files.vote, name="vote-proof"),
    path("desk/democracy/meetings/<int:pk>/minutes", files.meeting, name="meeting-minutes"),
    path("desk/democracy/contracts/<int:pk>/text", files.contract, name="contract-text"),
    path("desk/democracy/ballots/<int:pk>/", session.ballot, name="ballot"),
    path("desk/democracy/ballots/<int:pk>/act", session.ballot_act, name="ballot-act"),
    path("desk/democracy/motions/", motions.listing, name="motions"),
    path("desk/democracy/motions/<int:pk>/", motions.one, name="motion"),
    path("desk/democracy/motions/<int:pk>/act", motions.act, name="motion-act"),
    path("desk/democracy/bargains/", contracts.bargains, name="bargains"),
    path("desk/democracy/bargains/new", contracts.bargain_new, name="bargain-new"),
    path("desk/democracy/bargains/<int:pk>/", contracts.bargain, name="bargain"),
    path("desk/democracy/bargains/<int:pk>/act", contracts.bargain_act, name="bargain-act"),
    path("desk/democracy/contracts/", contracts.contracts, name="contracts"),
    path("desk/democracy/contracts/new", contracts.contract_new, name="contract-new"),
    path("desk/democracy/contracts/<int:pk>/", contracts.contract, name="contract"),
    path("desk/democracy/contracts/<int:pk>/act", contracts.contract_act, name="contract-act"),
    path("m/democracy/", member.home, name="m-home"),
    path("m/democracy/sessions/<int:pk>/", member.session, name="m-session"),
    path("m/democracy/papers/<int:pk>/", member.paper, name="m-paper"),
    path("m/democracy/ballots/<int:pk>/", member.ballot, name="m-ballot"),
    path("m/democracy/ballots/<int:pk>/issue", member.issue, name="m-issue"),
    path("m/democracy/motions/", member.motions, name="m-motions"),
    path("m/democracy/motions/new", member.motion_new, name="m-motion-new"),
    path("m/democracy/motions/<int:pk>/", member.motion, name="m-motion"),
    path("ballots/recount.py", public.script, name="recount"),
    path("ballots/<uuid:token>/", public.ballot, name="public"),
    path("ballots/<uuid:token>/data", public.data, name="data"),
    path("ballots/<uuid:token>/cast", public.cast, name="cast"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "democracy")))]
