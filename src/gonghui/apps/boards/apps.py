"""看板：figures put together for a post, for a leader's phone and for a big screen."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "gonghui.apps.boards"
    label = "boards"
    verbose_name = "看板"
