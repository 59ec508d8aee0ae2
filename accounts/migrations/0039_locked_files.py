"""A statement whose file came locked keeps that file beside what was in it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty for all that came open."""

    dependencies = [
        ("accounts", "0038_crop_calendars_share_editions"),
        ("core", "0005_audit_events_by_whom"),
    ]

    operations = [
        migrations.AddField(
            model_name="statementimport",
            name="locked_file",
            field=models.ForeignKey(
                help_text="the file as it came, locked",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
    ]
