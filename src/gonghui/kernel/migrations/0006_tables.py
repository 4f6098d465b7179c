"""A founding taken back has a state of its own; only Django's knowledge of the choices changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_transfer_from_path")]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="state",
            field=models.CharField(
                choices=[
                    ("founding", "筹建中"),
                    ("active", "正常"),
                    ("dissolved", "已撤销"),
                    ("merged", "已并转"),
                    ("withdrawn", "建会已撤回"),
                ],
                default="active",
                max_length=12,
                verbose_name="状态",
            ),
        ),
    ]
