"""A post is asked for by one administrator and given on another's word; what was asked is never rewritten."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0032_details_corrected"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("officer", "Loan officer"),
                            ("underwriter", "Underwriter"),
                            ("approver", "Approver"),
                            ("operations", "Operations"),
                            ("risk_analyst", "Risk analyst"),
                            ("course_editor", "Course editor"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "approval_limit_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="approval limit"),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("branch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.branch")),
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
                    "post",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="accounts.staffpost",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="post_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("user", "branch", "role"),
                        name="post_is_asked_for_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("post", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="post_request_is_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("post", None),
                            models.Q(
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                models.Q(("decided_by", models.F("user")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="post_is_confirmed_by_another",
                    ),
                ],
            },
        ),
        keeping_all_but("accounts_postrequest", "decided_by_id", "decided_at", "post_id"),
        guards.withheld("accounts_postrequest", "DELETE"),
    ]
