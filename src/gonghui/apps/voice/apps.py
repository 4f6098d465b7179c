"""诉求实事：What workers say and ask, who answers it, and the projects that come of it."""

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "gonghui.apps.voice"
    label = "voice"
    verbose_name = "诉求实事"
