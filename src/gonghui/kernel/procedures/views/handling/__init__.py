"""What officers see: inbox, step, application, due list, public notices, delegation."""

from django.urls import URLPattern, path

from . import applications, due, inbox, notices, objections, standing_in, step

urls: list[URLPattern] = [
    path("desk/inbox/", inbox.inbox, name="inbox"),
    path("desk/inbox/claim", inbox.claim, name="inbox-claim"),
    path("desk/steps/<int:pk>/", step.step, name="step"),
    path("desk/steps/<int:pk>/approve", step.approve, name="step-approve"),
    path("desk/steps/<int:pk>/reject", step.reject, name="step-reject"),
    path("desk/steps/<int:pk>/return/", step.send_back, name="step-return"),
    path("desk/steps/<int:pk>/claim", step.claim, name="step-claim"),
    path("desk/steps/<int:pk>/hand-over", step.hand_over, name="step-hand-over"),
    path("desk/steps/<int:pk>/invite", step.invite, name="step-invite"),
    path("desk/steps/<int:pk>/score", step.give_score, name="step-score"),
    path("desk/steps/<int:pk>/vote", step.record_vote, name="step-vote"),
    path("desk/steps/<int:pk>/photo", step.add_photo, name="step-photo"),
    path("desk/steps/<int:pk>/visit", step.record_visit, name="step-visit"),
    path("desk/applications/", applications.applications, name="desk-applications"),
    path("desk/applications/<int:pk>/", applications.application, name="desk-application"),
    path("desk/applications/<int:pk>/why/", applications.why, name="desk-why"),
    path("desk/applications/<int:pk>/remind", applications.remind, name="desk-remind"),
    path("desk/applications/<int:pk>/reveal/", applications.reveal, name="desk-reveal"),
    path("desk/applications/<int:pk>/files/<int:evidence>/", applications.file, name="desk-file"),
    path("desk/due/", due.due, name="due"),
    path("desk/standing-in/", standing_in.standing_in, name="standing-in"),
    path("desk/standing-in/interests", standing_in.declare, name="interest-declare"),
    path("desk/standing-in/interests/<int:pk>/end", standing_in.end_interest, name="interest-end"),
    path("desk/standing-in/<int:pk>/end", standing_in.end_delegation, name="delegation-end"),
    path("desk/objections/", objections.objections, name="objections"),
    path("desk/objections/<int:pk>/", objections.objection, name="objection"),
    path("notices/", notices.notices, name="notices"),
    path("notice/objection/", notices.objection, name="notice-objection"),
    path("notice/<str:token>/", notices.notice, name="notice"),
    path("notice/<str:token>/sent/", notices.sent, name="notice-sent"),
]
