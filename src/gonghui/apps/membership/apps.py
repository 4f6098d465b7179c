"""建会入会：组织与会员的日常。"""

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "gonghui.apps.membership"
    label = "membership"
    verbose_name = "组织与会员"
