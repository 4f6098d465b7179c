"""活力体检：找出纸上工会和纸上会员，逐一核查处置。"""

from django.apps import AppConfig


class VitalityConfig(AppConfig):
    name = "gonghui.apps.vitality"
    label = "vitality"
    verbose_name = "活力体检"
