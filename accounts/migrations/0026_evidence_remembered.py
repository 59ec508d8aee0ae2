"""Answers about columns are used again where the same heading comes again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_lost_phones")]

    operations = [
        migrations.AddField(
            "statementimport",
            "layout_key",
            models.CharField(
                blank=True, default="", help_text="mark of the heading whose columns were answered", max_length=64
            ),
        ),
        migrations.AddField(
            "statementimport",
            "answered_as",
            models.ForeignKey(
                help_text="whose answer about columns was used",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.statementimport",
            ),
        ),
        migrations.AddField(
            "statementimport",
            "asks_anew",
            models.BooleanField(default=False, help_text="uses no earlier answer, because somebody said so"),
        ),
    ]
