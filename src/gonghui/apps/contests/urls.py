"""Addresses of selections."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_pages = [
    path("desk/contests/", views.listing, name="list"),
    path("desk/contests/<slug:selection>/", views.ranking, name="ranking"),
    path("contests/", views.awards, name="awards"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "contests")))]
