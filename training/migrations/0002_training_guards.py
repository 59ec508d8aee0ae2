"""What was certified and what was asked is never rewritten."""

from django.db import migrations

from portal.core import guards


class Migration(migrations.Migration):
    dependencies = [("core", "0002_core_guards"), ("training", "0001_initial")]

    operations = [
        guards.append_only("training_certificate"),
        guards.append_only("training_choice"),
        guards.append_only("training_lessoncompletion"),
    ]
