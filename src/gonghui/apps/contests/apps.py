"""竞赛创新：Selections of innovation results, suggestions, operating methods, teams and studios."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "gonghui.apps.contests"
    label = "contests"
    verbose_name = "竞赛创新"
