"""How late a loan was is kept by the month, so that a policy can say for how long it counts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# An installment was late from the day after it fell due until it was paid or another schedule came, or is today. No
# month is told worse than the worst that was kept, and what no installment tells counts as of the last change. Days and
# months are those of the bank's own clock.
FORWARDS = f"""
INSERT INTO lending_latemonth (exposure_id, month, worst_days_past_due)
SELECT exposure.id, month::date,
       least(max(least(over_on, (month + interval '1 month - 1 day')::date) - due_date), exposure.worst_days_past_due)
FROM lending_exposure exposure
JOIN lending_loan loan ON loan.reference = exposure.subject
JOIN (
    SELECT installment.loan_id, due_date,
           least(superseded_on, CASE
               WHEN installment.principal_paid_amount = installment.principal_amount
                    AND interest_paid_amount = installment.interest_amount - interest_saved_amount
               THEN coalesce(max(repayment.paid_on), due_date)
               ELSE (now() AT TIME ZONE '{settings.TIME_ZONE}')::date END) AS over_on
    FROM lending_installment installment
    LEFT JOIN lending_allocation allocation ON allocation.installment_id = installment.id
    LEFT JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
         AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
    GROUP BY installment.id
) late ON late.loan_id = loan.id AND over_on > due_date
CROSS JOIN generate_series(date_trunc('month', due_date + 1), over_on, interval '1 month') AS month
WHERE exposure.worst_days_past_due > 0
GROUP BY exposure.id, month;
INSERT INTO lending_latemonth (exposure_id, month, worst_days_past_due)
SELECT id, date_trunc('month', changed_at AT TIME ZONE '{settings.TIME_ZONE}')::date, worst_days_past_due
FROM lending_exposure exposure
WHERE worst_days_past_due > 0 AND worst_days_past_due > coalesce(
    (SELECT max(late.worst_days_past_due) FROM lending_latemonth late WHERE late.exposure_id = exposure.id), 0)
ON CONFLICT (exposure_id, month) DO UPDATE SET worst_days_past_due = excluded.worst_days_past_due;
SET CONSTRAINTS ALL IMMEDIATE;
"""
BACKWARDS = """
UPDATE lending_exposure exposure SET worst_days_past_due = late.worst
FROM (SELECT exposure_id, max(worst_days_past_due) AS worst FROM lending_latemonth GROUP BY exposure_id) late
WHERE late.exposure_id = exposure.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("lending", "0023_loss_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="LateMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("worst_days_past_due", models.PositiveIntegerField()),
                (
                    "exposure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="late_months", to="lending.exposure"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("exposure", "month"), name="late_month_is_kept_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="late_month_is_its_first_day"),
                    models.CheckConstraint(
                        condition=models.Q(("worst_days_past_due__gt", 0)), name="late_month_is_late"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RemoveField(model_name="exposure", name="worst_days_past_due"),
    ]
