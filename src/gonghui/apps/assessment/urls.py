"""Addresses of assessments."""

from django.urls import URLPattern, URLResolver, include, path

from .views import grades, sheets, standards

_standards = [
    path("", standards.listing, name="standards"),
    path("import", standards.bring, name="bring"),
    path("<int:pk>/", standards.page, name="standard"),
    path("<int:pk>/copy", standards.copy, name="copy"),
    path("<int:pk>/publish", standards.publish, name="publish"),
    path("<int:pk>/retire", standards.retire, name="retire"),
    path("<int:pk>/discard", standards.discard, name="discard"),
    path("<int:pk>/export", standards.export, name="export"),
    path("<int:pk>/edit/", standards.edit, name="edit"),
    path("<int:pk>/item/", standards.item, name="item"),
    path("<int:pk>/move", standards.move, name="move"),
    path("<int:pk>/try/", standards.trial, name="trial"),
]

_assessment = [
    path("", grades.listing, name="grades"),
    path("start", sheets.start, name="start"),
    path("grades/<int:pk>/", grades.page, name="grade"),
    path("fill/<int:pk>/", sheets.fill, name="fill"),
    path("fill/<int:pk>/remove", sheets.remove, name="remove"),
    path("check/<int:pk>/", sheets.check, name="check"),
    path("sheets/<int:pk>/", sheets.page, name="sheet"),
    path("evidence/<int:pk>/", sheets.evidence, name="evidence"),
]

_pages = [path("desk/standards/", include(_standards)), path("desk/assessment/", include(_assessment))]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "assessment")))]
