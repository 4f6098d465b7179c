"""Addresses of procedures; each folder of pages lists its own full paths."""

from django.urls import URLPattern, URLResolver, include, path

from .views import applying, editing, handling

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(([*applying.urls, *handling.urls, *editing.urls], "procedures")))
]
