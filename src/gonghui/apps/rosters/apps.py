"""名册导入：把Excel名册变成记录，并能改了再回来。"""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "gonghui.apps.rosters"
    label = "rosters"
    verbose_name = "名册导入"
