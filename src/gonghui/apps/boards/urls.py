"""Addresses of boards."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_boards = [
    path("desk/boards/", views.home, name="home"),
    path("desk/boards/screen/", views.screen, name="screen"),
    path("desk/boards/of/<slug:slot>/", views.one, name="one"),
    path("desk/boards/of/<slug:slot>/edit", views.edit, name="edit"),
    path("desk/boards/of/<slug:slot>/drop", views.drop, name="drop"),
    path("desk/boards/data/<str:key>/", views.export, name="data"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_boards, "boards")))]
