"""Orders and their files are seen where they belong."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_tables")]

    operations = [PutUnderScope("export"), PutUnderScope("export_file")]
