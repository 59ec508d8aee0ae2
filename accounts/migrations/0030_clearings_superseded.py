"""A clearing is superseded when the file that counts is read anew."""

from importlib import import_module

from django.db import migrations, models

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
TABLE = "accounts_replacementclearing"
BEFORE = keeping_all_but(TABLE)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0029_notices_on_by_default")]

    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        migrations.AddField("replacementclearing", "superseded_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("replacementclearing", "replacement_is_cleared_once"),
        migrations.AddConstraint(
            "replacementclearing",
            models.UniqueConstraint(
                fields=("withdrawn", "replaced_by"),
                condition=models.Q(("superseded_at", None)),
                name="replacement_is_cleared_once",
            ),
        ),
        keeping_all_but(TABLE, "superseded_at"),
    ]
