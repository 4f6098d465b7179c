"""报表填报：forms that others demand, mapped once, filled from records, asked once, signed and sent in their layout."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "gonghui.apps.filings"
    label = "filings"
    verbose_name = "报表填报"
