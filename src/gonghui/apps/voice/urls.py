"""Addresses of voices and projects."""

from django.urls import URLPattern, URLResolver, include, path

from .urls_projects import pages

urlpatterns: list[URLPattern | URLResolver] = [path("", include((pages, "voice")))]
