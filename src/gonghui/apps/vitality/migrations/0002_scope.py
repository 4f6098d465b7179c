"""Findings are seen where the union stands; a member also sees what is said of their own membership."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("vitality", "0001_tables")]

    operations = [
        PutUnderScope("vitality_review"),
        PutUnderScope("vitality_finding", person="person_id"),
        PutUnderScope("vitality_act"),
    ]
