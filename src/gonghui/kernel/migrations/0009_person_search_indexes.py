"""Indexes of people that carry the path, so that a search pays only for people in range."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0008_person_pieces"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="person",
            name="person_path_name",
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["path"], name="person_path"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_key", "path"], name="person_name_path"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["id", "path"], name="person_id_path"),
        ),
    ]
