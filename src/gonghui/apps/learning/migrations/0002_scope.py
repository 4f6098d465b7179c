"""Everything is seen where it belongs; members read their own papers, standings and check-ins wherever they are."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_tables")]

    operations = [
        PutUnderScope("learning_question"),
        PutUnderScope("learning_quiz"),
        PutUnderScope("learning_quiz_item"),
        PutUnderScope("learning_attempt", person="person_id"),
        PutUnderScope("learning_standing", person="person_id"),
        PutUnderScope("learning_plan"),
        PutUnderScope("learning_chapter"),
        PutUnderScope("learning_check_in", person="person_id"),
    ]
