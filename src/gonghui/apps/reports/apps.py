"""工作报告：reports whose every number is counted, opened down to its records, and frozen when issued."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "gonghui.apps.reports"
    label = "reports"
    verbose_name = "工作报告"
