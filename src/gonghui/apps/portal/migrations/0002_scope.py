"""A correction is seen where the membership is, and by the member."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_tables")]

    operations = [PutUnderScope("portal_correction", person="person_id")]
