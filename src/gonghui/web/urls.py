"""Every address of the platform; each part holds its own full paths."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from . import kit
from .api import api, docs
from .look import choose
from .registry import PARTS

urlpatterns: list[URLPattern | URLResolver] = [
    path("look", choose, name="look"),
    path("api/v1/docs", docs.page, name="api-docs"),
    path("api/v1/", api.urls),
]

for part in (*PARTS, "gonghui.web.home"):
    if find_spec(f"{part}.urls"):
        urlpatterns += import_module(f"{part}.urls").urlpatterns

if settings.DEBUG:
    urlpatterns += kit.urlpatterns

handler400 = "gonghui.web.errors.bad_request"
handler403 = "gonghui.web.errors.forbidden"
handler404 = "gonghui.web.errors.not_found"
handler500 = "gonghui.web.errors.server_error"
