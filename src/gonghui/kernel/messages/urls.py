"""Addresses of messages: the member's choice, opening one, and how sending fares."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_all = [
    path("m/messages/settings/", views.choosing, name="settings"),
    path("m/messages/<int:pk>/", views.opened, name="open"),
    path("desk/messages/", views.desk_page, name="desk"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_all, "messages")))]
