"""Addresses of the rules."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_desk = [path("", views.listing, name="list"), path("<str:key>/", views.one, name="one")]

urlpatterns: list[URLPattern | URLResolver] = [path("desk/rules/", include((_desk, "rules")))]
