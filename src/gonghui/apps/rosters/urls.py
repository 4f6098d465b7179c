"""Addresses of the import centre."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from . import views

ROSTERS = "desk/rosters"

desk: list[URLPattern] = [
    path(f"{ROSTERS}/", views.imports, name="imports"),
    path(f"{ROSTERS}/new", views.new, name="new"),
    path(f"{ROSTERS}/template/<slug:kind>", views.template, name="template"),
    path(f"{ROSTERS}/export", views.export, name="export"),
    path(f"{ROSTERS}/<int:pk>/", views.detail, name="import"),
    path(f"{ROSTERS}/<int:pk>/progress", views.progress, name="progress"),
    path(f"{ROSTERS}/<int:pk>/columns", views.columns, name="columns"),
    path(f"{ROSTERS}/<int:pk>/sheet", views.sheet, name="sheet"),
    path(f"{ROSTERS}/<int:pk>/commit", views.commit, name="commit"),
    path(f"{ROSTERS}/<int:pk>/cancel", views.cancel, name="cancel"),
    path(f"{ROSTERS}/<int:pk>/choose", views.choose, name="choose"),
    path(f"{ROSTERS}/<int:pk>/undo", views.undo, name="undo"),
    path(f"{ROSTERS}/<int:pk>/report", views.report, name="report"),
    path(f"{ROSTERS}/<int:pk>/problems/", views.problems, name="problems"),
    path(f"{ROSTERS}/<int:pk>/rows/<slug:action>/", views.rows, name="rows"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((desk, "rosters"), namespace="rosters"))]
