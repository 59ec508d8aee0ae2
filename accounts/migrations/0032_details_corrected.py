"""What was registered is corrected, a former name stays; what stood for a correction is never rewritten."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.identity.models.corrections
import portal.core.fields
from portal.core import guards

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
APPEND_ONLY = ["accounts_correcteddetail", "accounts_formername"]
MOVES_ON = ["status", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", "note"]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0031_chain_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="identity_corrected_at",
            field=models.DateTimeField(
                help_text="a paper that was checked earlier had another name or number", null=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="name_corrected_at",
            field=models.DateTimeField(help_text="a document that was checked earlier had another name", null=True),
        ),
        migrations.CreateModel(
            name="DetailsCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.identity.models.corrections._correction_reference,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for somebody of the bank"),
                            ("proposed", "Waits for a second person"),
                            ("agreed", "Corrected"),
                            ("done", "Corrected at once"),
                            ("refused", "Not corrected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("proposed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="why not")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.paper"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CorrectedDetail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "detail",
                    models.CharField(
                        choices=[
                            ("legal_name", "Name of the enterprise"),
                            ("identifier", "Its number"),
                            ("founded_on", "Founded on"),
                            ("industry", "Trade"),
                            ("branch", "Branch"),
                            ("setting", "Town or village"),
                            ("employees", "People who work there"),
                            ("annual_revenue_amount", "Revenue in a year"),
                            ("full_name", "Name"),
                        ],
                        max_length=30,
                    ),
                ),
                ("before", portal.core.fields.EncryptedTextField()),
                ("after", portal.core.fields.EncryptedTextField()),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="details",
                        to="accounts.detailscorrection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("until", models.DateTimeField()),
                (
                    "correction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.detailscorrection"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["asked", "proposed", "agreed", "done", "refused", "withdrawn"])),
                name="details_correction_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="details_correction_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status__in", ["asked", "proposed"])),
                    models.Q(
                        models.Q(("status__in", ["asked", "proposed"]), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="details_correction_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["proposed", "agreed"]), _negated=True),
                    models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                    _connector="OR",
                ),
                name="details_correction_is_proposed_before_it_is_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "agreed"), _negated=True),
                    models.Q(
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="details_correction_is_agreed_by_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "refused"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="refused_details_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person", None), ("status__in", ["asked", "proposed"])),
                fields=("enterprise",),
                name="enterprise_waits_for_one_correction",
            ),
        ),
        migrations.AddConstraint(
            model_name="detailscorrection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["asked", "proposed"])),
                fields=("person",),
                name="person_waits_for_one_correction",
            ),
        ),
        migrations.AddConstraint(
            model_name="correcteddetail",
            constraint=models.UniqueConstraint(
                fields=("correction", "detail"), name="details_correction_names_each_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="correcteddetail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "detail__in",
                        [
                            "legal_name",
                            "identifier",
                            "founded_on",
                            "industry",
                            "branch",
                            "setting",
                            "employees",
                            "annual_revenue_amount",
                            "full_name",
                        ],
                    )
                ),
                name="corrected_detail_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="formername",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", True), ("person__isnull", False)),
                    models.Q(("enterprise__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="former_name_is_of_one",
            ),
        ),
        *(guards.append_only(table) for table in APPEND_ONLY),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in APPEND_ONLY),
        keeping_all_but("accounts_detailscorrection", *MOVES_ON),
        guards.withheld("accounts_detailscorrection", "DELETE"),
    ]
