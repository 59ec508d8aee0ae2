"""Papers that whoever brought them took back before anybody of the bank looked."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
SEEN = ("seen_at", "seen_by_id")
before = keeping_all_but("accounts_paper", *SEEN)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_senders_bank_by_cnaps")]

    operations = [
        migrations.AddField("paper", "taken_back_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "paper",
            "taken_back_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "paper",
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None, taken_back_by=None)
                | models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False, seen_at=None),
                name="only_an_unseen_paper_is_taken_back",
            ),
        ),
        migrations.RunSQL(before.reverse_sql, before.sql),
        keeping_all_but("accounts_paper", *SEEN, "taken_back_at", "taken_back_by_id"),
    ]
