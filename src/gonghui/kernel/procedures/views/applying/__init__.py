"""What applicants see: the catalogue, a form, a tracking page; on the phone, without log-in, at the desk."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from . import catalogue, desk, detail, form

_PAGES: tuple[tuple[str, str, dict[str, Callable[..., Any]]], ...] = (
    ("", "application", detail.application),
    ("form/", "form", form.form),
    ("done/", "done", detail.done),
    ("why/", "why", detail.why),
    ("evidence/<int:evidence>/", "evidence", detail.evidence),
    ("withdraw", "withdraw", detail.withdraw),
    ("remind", "remind", detail.remind),
    ("appeal", "appeal", detail.appeal),
)
_ROOTS = {"member": "m/applications/<int:pk>/", "desk": "desk/applied/<int:pk>/", "link": "a/<str:token>/"}
_NAMES = {"member": "member", "desk": "applied", "link": "link"}
"""What the names of addresses begin with: “desk-” is the face of the officers who handle."""

urls: list[URLPattern] = [
    path("m/services/", catalogue.services_of_member, name="member-services"),
    path("m/services/<int:pk>/", catalogue.start_as_member, name="member-start"),
    path("m/applications/", catalogue.applications_of_member, name="applications"),
    path("services/", catalogue.services_find, name="services"),
    path("services/<int:organisation>/", catalogue.services_at, name="services-at"),
    path("services/<int:organisation>/<int:pk>/", catalogue.start_by_anybody, name="public-start"),
    path("desk/apply/", desk.services_at_desk, name="desk-apply"),
    path("desk/apply/<int:pk>/", desk.start_at_desk, name="desk-start"),
    path("desk/applied/", desk.applied, name="applied"),
    *(
        path(root + rest, views[face], name=f"{_NAMES[face]}-{name}")
        for face, root in _ROOTS.items()
        for rest, name, views in _PAGES
    ),
]
