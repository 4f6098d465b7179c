"""帮扶维权：Confidential cases: hardship aid, legal aid, arrears, disputes, letters, the 12351 desk."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "gonghui.apps.casework"
    label = "casework"
    verbose_name = "帮扶维权"
