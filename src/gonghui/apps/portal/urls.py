"""Addresses of members and of the public site."""

from django.urls import URLPattern, URLResolver, include, path

from .views import desk, member, site

_pages = [
    path("", site.home, name="site"),
    path("find/", site.find, name="find"),
    path("u/<int:pk>/", site.one, name="union"),
    path("join/<int:pk>/", site.join, name="join"),
    path("join/<int:pk>/poster", site.poster, name="poster"),
    path("card/<str:token>/", site.verify, name="verify"),
    path("m/", member.home, name="home"),
    path("m/card/", member.card, name="card"),
    path("m/me/", member.me, name="me"),
    path("m/me/looks/", member.looks, name="looks"),
    path("m/me/corrections/", member.corrections, name="corrections"),
    path("m/transfer/", member.transfer, name="transfer"),
    path("desk/corrections/", desk.corrections, name="desk-corrections"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "portal")))]
