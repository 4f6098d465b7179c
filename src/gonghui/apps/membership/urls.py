"""Addresses of the desk pages of organisations and members, and of joining from outside."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from .views import (
    acts,
    duplicates,
    find,
    joining,
    links,
    members,
    memberships,
    officers,
    organisation,
    organisations,
    person,
    picks,
    transfers,
    tree,
)

ORGANISATIONS = "desk/organisations"
PEOPLE = "desk/people"

desk: list[URLPattern] = [
    # joining from outside
    path("join/", joining.suggest, name="join"),
    path("join/code/", joining.code, name="join-code"),
    path("join/done/", joining.done, name="join-done"),
    path("join/<int:pk>/apply/", joining.apply, name="join-apply"),
    path("desk/find", find.find, name="find"),
    # organisations
    path(f"{ORGANISATIONS}/", organisations.organisation_list, name="organisations"),
    path(f"{ORGANISATIONS}/pick", picks.organisations, name="organisation-pick"),
    path(f"{ORGANISATIONS}/tree/", tree.tree, name="tree"),
    path(f"{ORGANISATIONS}/<int:pk>/branch/", tree.branch, name="branch"),
    path(f"{ORGANISATIONS}/<int:pk>/", organisation.overview, name="organisation"),
    path(f"{ORGANISATIONS}/<int:pk>/officers/", organisation.officers, name="organisation-officers"),
    path(f"{ORGANISATIONS}/<int:pk>/members/", organisation.members, name="organisation-members"),
    path(f"{ORGANISATIONS}/<int:pk>/below/", organisation.below, name="organisation-below"),
    path(f"{ORGANISATIONS}/<int:pk>/history/", organisation.history, name="organisation-history"),
    path(f"{ORGANISATIONS}/<int:pk>/life/", organisation.life, name="organisation-life"),
    # acts on an organisation
    path(f"{ORGANISATIONS}/<int:pk>/found/", acts.found, name="found"),
    path(f"{ORGANISATIONS}/<int:pk>/move/", acts.move, name="move"),
    path(f"{ORGANISATIONS}/<int:pk>/merge/", acts.merge, name="merge"),
    path(f"{ORGANISATIONS}/<int:pk>/split/", acts.split, name="split"),
    path(f"{ORGANISATIONS}/<int:pk>/dissolve/", acts.dissolve, name="dissolve"),
    path(f"{ORGANISATIONS}/<int:pk>/rename/", acts.rename, name="rename"),
    path(f"{ORGANISATIONS}/<int:pk>/reclassify/", acts.reclassify, name="reclassify"),
    path(f"{ORGANISATIONS}/<int:pk>/elect/", acts.elect, name="elect"),
    path("desk/changes/<int:pk>/undo/", acts.undo, name="undo"),
    path("desk/changes/<int:pk>/document/", acts.document, name="document"),
    # what belongs to an organisation
    path(f"{ORGANISATIONS}/<int:pk>/facts/", links.facts, name="facts"),
    path(f"{ORGANISATIONS}/<int:pk>/employers/new/", links.employer_new, name="employer-new"),
    path(f"{ORGANISATIONS}/<int:pk>/employers/<int:employer_id>/", links.employer_edit, name="employer"),
    path(f"{ORGANISATIONS}/<int:pk>/twin/", links.twin, name="twin"),
    path(f"{ORGANISATIONS}/<int:pk>/twin/<int:twin_id>/end/", links.twin_end, name="twin-end"),
    path(f"{ORGANISATIONS}/<int:pk>/group/", links.group, name="group"),
    path(f"{ORGANISATIONS}/<int:pk>/group/<int:group_id>/leave/", links.group_leave, name="group-leave"),
    path(f"{ORGANISATIONS}/<int:pk>/appoint/", officers.appoint, name="appoint"),
    path("desk/appointments/<int:pk>/end/", officers.leave_office, name="appointment-end"),
    # members
    path("desk/members/", members.member_list, name="members"),
    path("desk/members/new", memberships.admit, name="member-new"),
    path("desk/members/transfer", members.bulk_transfer, name="members-transfer"),
    path("desk/members/retain", members.bulk_retain, name="members-retain"),
    path("desk/members/leave", members.bulk_leave, name="members-leave"),
    path("desk/members/leave/undo", members.leave_undo, name="leave-undo"),
    path("desk/unions/pick", picks.unions, name="union-pick"),
    # people
    path(f"{PEOPLE}/pick", picks.people, name="person-pick"),
    path(f"{PEOPLE}/<int:pk>/", person.person, name="person"),
    path(f"{PEOPLE}/<int:pk>/edit/", person.edit, name="person-edit"),
    path(f"{PEOPLE}/<int:pk>/death/", person.death, name="person-death"),
    path(f"{PEOPLE}/<int:pk>/reveal/<slug:field>/", person.reveal, name="reveal"),
    # one membership
    path("desk/memberships/<int:pk>/edit/", memberships.correct, name="membership-edit"),
    path("desk/memberships/<int:pk>/transfer/", memberships.transfer, name="membership-transfer"),
    path("desk/memberships/<int:pk>/retain/", memberships.retain, name="membership-retain"),
    path("desk/memberships/<int:pk>/restore/", memberships.restore, name="membership-restore"),
    path("desk/memberships/<int:pk>/leave/", memberships.leave, name="membership-leave"),
    path("desk/memberships/<int:pk>/undo/", memberships.undo, name="membership-undo"),
    # double registrations and transfers
    path("desk/duplicates/", duplicates.duplicates, name="duplicates"),
    path("desk/duplicates/<int:first>/<int:second>/", duplicates.merge_people, name="merge-people"),
    path("desk/merges/<int:pk>/undo/", duplicates.merge_undo, name="merge-undo"),
    path("desk/transfers/", transfers.transfers, name="transfers"),
    path("desk/transfers/<int:pk>/answer/", transfers.answer, name="transfer-answer"),
    path("desk/transfers/<int:pk>/withdraw/", transfers.withdraw, name="transfer-withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((desk, "membership"), namespace="membership"))]
