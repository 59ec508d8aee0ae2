"""People who lost what they sign in with are let in again by two of the bank; since when somebody's number is new."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.identity.models.lost_phones
import portal.core.fields
from portal.core import guards

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_cash_cleared_together")]

    operations = [
        migrations.AddField(
            "user",
            "phone_changed_at",
            models.DateTimeField(null=True, help_text="when another number took the place of a confirmed one"),
        ),
        migrations.CreateModel(
            name="LostPhone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.identity.models.lost_phones._reference,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "number_before",
                    portal.core.fields.EncryptedTextField(blank=True, verbose_name="mobile number until now"),
                ),
                (
                    "number",
                    portal.core.fields.EncryptedTextField(
                        blank=True, help_text="empty: the number stays", verbose_name="new mobile number"
                    ),
                ),
                (
                    "paper",
                    models.CharField(
                        choices=[
                            ("identity_card", "Resident identity card"),
                            ("temporary_card", "Temporary identity card"),
                            ("passport", "Passport"),
                        ],
                        max_length=20,
                        verbose_name="identity paper",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second person"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Not confirmed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lost_phones",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(status__in=["waiting", "confirmed", "declined"]),
                        name="lost_phone_status_is_known",
                    ),
                    models.CheckConstraint(condition=~models.Q(reason=""), name="lost_phone_says_why"),
                    models.CheckConstraint(
                        condition=~models.Q(status="confirmed")
                        | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                        name="lost_phone_is_confirmed_by_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(person=models.F("proposed_by"))
                        & (models.Q(decided_by=None) | ~models.Q(person=models.F("decided_by"))),
                        name="lost_phone_is_not_of_who_helps",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(status="waiting", decided_by=None, decided_at=None)
                        | (
                            ~models.Q(status="waiting") & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                        ),
                        name="lost_phone_is_decided_by_somebody",
                    ),
                    models.UniqueConstraint(
                        fields=["person"],
                        condition=models.Q(status="waiting"),
                        name="person_waits_for_one_new_number",
                    ),
                ]
            },
        ),
        keeping_all_but("accounts_lostphone", "status", "decided_by_id", "decided_at"),
        guards.withheld("accounts_lostphone", "DELETE"),
    ]
