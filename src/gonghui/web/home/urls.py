"""Addresses of the pages that gather from every app."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("desk/", views.desk_home, name="desk-home"),
    path("m/notices/", views.member_notices, name="member-notices"),
    path("healthz", views.alive, name="healthz"),
]
