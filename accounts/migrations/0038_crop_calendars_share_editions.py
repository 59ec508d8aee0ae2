"""The crop calendar's editions are those of the kernel: one waits at a time, each ends on the day of the next."""

import portal.core.editions
from django.db import migrations, models
from django.utils import timezone

from portal.core import guards

STANDING = """
CREATE OR REPLACE FUNCTION accounts_crop_edition_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text[] := ARRAY[%s];
BEGIN
    IF TG_OP = 'UPDATE' AND (
        OLD.status = 'draft' AND to_jsonb(NEW) - standing = to_jsonb(OLD) - standing
        OR to_jsonb(NEW) - 'in_force_until' = to_jsonb(OLD) - 'in_force_until'
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an edition of the crop calendar stands still' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
COLUMNS = "'status', 'approved_by', 'approved_at', 'in_force_from'"
# Whichever was approved last counted first where two began on one day.
ENDS = """
UPDATE accounts_cropedition edition SET in_force_until = following.since
FROM (
    SELECT id, lead(in_force_from) OVER (ORDER BY in_force_from, version) AS since
    FROM accounts_cropedition WHERE status = 'approved'
) following
WHERE following.id = edition.id AND following.since IS NOT NULL
"""


def leave_one_draft(apps, _schema_editor):
    """Discard the drafts before the newest, and tell the audit trail."""
    drafts = apps.get_model("accounts", "CropEdition").objects.filter(status="draft").order_by("-version")
    for edition in drafts[1:]:
        edition.status = "discarded"
        edition.save(update_fields=["status"])
        apps.get_model("core", "AuditEvent").objects.create(
            verb="crops.discarded",
            subject=f"{edition.code}/{edition.version}",
            by="system",
            at=timezone.now(),
            details={},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0037_payees_of_money_kept_back_named_again"),
        ("core", "0005_audit_events_by_whom"),
    ]

    operations = [
        migrations.AddField("cropedition", "in_force_until", models.DateField(null=True)),
        guards.keeping(
            """accounts_cropedition gone WHERE in_force_until <= in_force_from AND NOT EXISTS (
                   SELECT FROM accounts_cropedition newer
                   WHERE newer.in_force_from = gone.in_force_from AND newer.version > gone.version
               )""",
            why="An edition of the crop calendar was withdrawn: going back before 0038 would let it count.",
        ),
        migrations.RunSQL(STANDING % f"{COLUMNS}, 'in_force_until'", migrations.RunSQL.noop),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
        migrations.RunPython(leave_one_draft, migrations.RunPython.noop),
        migrations.RemoveConstraint("cropedition", "crop_edition_is_approved_before_it_counts"),
        migrations.AlterField("cropedition", "code", models.SlugField(max_length=40, verbose_name="code")),
        migrations.AlterField("cropedition", "version", models.PositiveIntegerField()),
        migrations.AddConstraint(
            "cropedition",
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(status=portal.core.editions.Status.APPROVED, in_force_until=None),
                name="one_crop_edition_is_in_force",
            ),
        ),
        migrations.AddConstraint(
            "cropedition",
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(status=portal.core.editions.Status.DRAFT),
                name="one_draft_of_crops_is_open",
            ),
        ),
        migrations.AddConstraint(
            "cropedition",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", False),
                        ("in_force_from__isnull", False),
                        ("status", portal.core.editions.Status.APPROVED),
                        models.Q(("approved_by", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", portal.core.editions.Status.APPROVED), _negated=True),
                        ("approved_by", ""),
                        ("in_force_from", None),
                        ("in_force_until", None),
                    ),
                    _connector="OR",
                ),
                name="crop_edition_is_approved_before_it_counts",
            ),
        ),
        migrations.AddConstraint(
            "cropedition",
            models.CheckConstraint(
                condition=models.Q(in_force_until=None) | models.Q(in_force_until__gte=models.F("in_force_from")),
                name="crop_edition_counts_before_it_ends",
            ),
        ),
    ]
