"""The sender's path of a transfer follows its organisation like every other path."""

from django.db import migrations

import gonghui.kernel.scope


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_sessions_and_seals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transferrequest",
            name="from_path",
            field=gonghui.kernel.scope.PathField(db_collation="C"),
        ),
    ]
