"""Entries that were named are public: anybody may read them; they are written within the range."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_tables")]

    operations = [PutUnderScope("contest_award", read_all=True)]
