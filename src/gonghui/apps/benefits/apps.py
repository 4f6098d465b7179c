"""普惠服务：what unions offer to their members, from the draft to the last check-in."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "gonghui.apps.benefits"
    label = "benefits"
    verbose_name = "普惠服务"
