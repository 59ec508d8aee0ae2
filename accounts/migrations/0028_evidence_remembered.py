"""Answers about columns are used again; what files tell against each other is kept, and clearing it is recorded."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but


class Migration(migrations.Migration):
    dependencies = [("accounts", "0027_cash_fetched")]

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
        migrations.AddField(
            "statementimport",
            "contradictions",
            models.JSONField(
                default=list, help_text="these days: what either side tells of each, and the files on the other"
            ),
        ),
        migrations.AddField(
            "statementimport",
            "replaced_by",
            models.ForeignKey(
                help_text="what counts instead and told otherwise",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.statementimport",
            ),
        ),
        migrations.AddField(
            "statementimport",
            "replaced_days",
            models.JSONField(default=list, help_text="the days on which it did"),
        ),
        migrations.CreateModel(
            name="ReplacementClearing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=2000, verbose_name="why")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.statementimport"
                    ),
                ),
                (
                    "withdrawn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearings",
                        to="accounts.statementimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("withdrawn", "replaced_by"), name="replacement_is_cleared_once"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="clearing_says_why"),
                ],
            },
        ),
        keeping_all_but("accounts_replacementclearing"),
    ]
