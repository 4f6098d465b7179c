"""Orders are seen where the body stands that gets the money."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_tables")]

    operations = [PutUnderScope("grant_order")]
