"""Registers the composition root with Django: its templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gonghui.web"
    label = "web"
    verbose_name = "页面"
