"""阵地：Where the union meets its workers: palaces, homes, stations; whether they are open, what is broken there."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gonghui.apps.places"
    label = "places"
    verbose_name = "阵地"
