"""劳模工匠：Honours conferred on persons, teams and organisations; certificates that anybody can verify."""

from django.apps import AppConfig


class HonoursConfig(AppConfig):
    name = "gonghui.apps.honours"
    label = "honours"
    verbose_name = "劳模工匠"
