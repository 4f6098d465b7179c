"""民主管理：the workers' congress with its secret ballots and proposals, collective bargaining and its contracts."""

from django.apps import AppConfig


class DemocracyConfig(AppConfig):
    name = "gonghui.apps.democracy"
    label = "democracy"
    verbose_name = "民主管理"
