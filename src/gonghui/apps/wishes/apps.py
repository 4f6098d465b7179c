"""微心愿：Small wishes of workers, shown without a name, claimed by one, fulfilled and confirmed."""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "gonghui.apps.wishes"
    label = "wishes"
    verbose_name = "微心愿"
