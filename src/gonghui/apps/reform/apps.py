"""产改计划：What a federation plans for a year, whom it makes responsible, and how it follows what becomes of it."""

from django.apps import AppConfig


class ReformConfig(AppConfig):
    name = "gonghui.apps.reform"
    label = "reform"
    verbose_name = "产改计划"
