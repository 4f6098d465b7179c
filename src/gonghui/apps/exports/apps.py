"""开放数据：figures exported again and again, on the days that were agreed."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "gonghui.apps.exports"
    label = "exports"
    verbose_name = "开放数据"
