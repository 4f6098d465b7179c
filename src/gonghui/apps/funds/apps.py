"""经费：Orders for money that decisions bring about (以奖代补, aid); their state until they are paid."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "gonghui.apps.funds"
    label = "funds"
    verbose_name = "经费"
