"""The kernel is one Django application with one label, so that a noun moves between its parts without a migration."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "gonghui.kernel"
    label = "kernel"
    verbose_name = "核心"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """People answer what org must not import: what a merger or dissolution does to memberships."""
        from .org.services import bind_membership_effects  # models exist only now
        from .people.services.effects import Effects

        bind_membership_effects(Effects())
