"""The kernel is one Django application with one label, so that a noun can move between its parts without a migration."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "gonghui.kernel"
    label = "kernel"
    verbose_name = "核心"
    default_auto_field = "django.db.models.BigAutoField"
