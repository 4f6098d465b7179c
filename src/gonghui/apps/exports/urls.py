"""Addresses of scheduled exports."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_exports = [
    path("desk/exports/", views.listing, name="list"),
    path("desk/exports/new", views.new, name="new"),
    path("desk/exports/<int:pk>/", views.one, name="one"),
    path("desk/exports/<int:pk>/act", views.act, name="act"),
    path("desk/exports/made/<int:pk>/", views.download, name="download"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_exports, "exports")))]
