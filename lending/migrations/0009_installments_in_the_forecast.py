"""Writes down, for the forecast, what running loans ask for that were paid out before that was done at the payout."""

from django.db import migrations
from django.utils import timezone

from portal.core.references import new_reference


def plan_installments(apps, _editor):
    Loan, PlannedItem = apps.get_model("lending", "Loan"), apps.get_model("accounts", "PlannedItem")
    planned = PlannedItem.objects.exclude(source="").values("source")
    for loan in Loan.objects.filter(status="active").exclude(reference__in=planned).order_by("pk").iterator():
        PlannedItem.objects.bulk_create(_planned(PlannedItem, loan), batch_size=500)


def _planned(PlannedItem, loan):
    now = timezone.now()
    for row in loan.installments.order_by("number"):
        paid_amount = row.principal_paid_amount + row.interest_paid_amount
        open_amount = row.principal_amount + row.interest_amount - paid_amount
        if open_amount > 0:
            yield PlannedItem(
                reference=new_reference("PI"),
                enterprise_id=loan.enterprise_id,
                way="out",
                amount=open_amount,
                due_on=row.due_date,
                repeats="once",
                text=loan.reference,
                source=loan.reference,
                planned_at=now,
                planned_by="system",
            )


class Migration(migrations.Migration):
    dependencies = [("lending", "0008_what_was_asked_for"), ("accounts", "0011_ledgers_that_ask")]

    operations = [migrations.RunPython(plan_installments, migrations.RunPython.noop)]
