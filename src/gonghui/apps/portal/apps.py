"""职工端与门户：会员看自己的会籍，任何人看工会是什么、怎么加入。"""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gonghui.apps.portal"
    label = "portal"
    verbose_name = "职工端与门户"
