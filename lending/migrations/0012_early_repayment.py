"""What comes back early saves interest: of each installment, and known by the repayment."""

from decimal import Decimal
from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

guards_before = import_module("lending.migrations.0003_case_guards")

TABLE = "lending_installment"
STANDS = f"DROP TRIGGER {TABLE}_stands ON {TABLE}; DROP FUNCTION {TABLE}_stands();"


def _keeping(*columns: str) -> str:
    return guards_before.keeping_all_but(TABLE, *columns).sql


PAID = ("principal_paid_amount", "interest_paid_amount")


class Migration(migrations.Migration):
    dependencies = [("lending", "0011_other_funds")]

    operations = [
        migrations.AddField(
            model_name="installment",
            name="interest_saved_amount",
            field=models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=14),
        ),
        migrations.AddField(
            model_name="repayment",
            name="prepaid_amount",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(0),
                help_text="principal of the last installments, which bears no interest from this day on",
                max_digits=14,
            ),
        ),
        migrations.RemoveConstraint(model_name="installment", name="installment_interest_is_not_overpaid"),
        migrations.AddConstraint(
            model_name="installment",
            constraint=models.CheckConstraint(
                condition=Q(
                    interest_paid_amount__gte=0,
                    interest_saved_amount__gte=0,
                    interest_paid_amount__lte=F("interest_amount") - F("interest_saved_amount"),
                ),
                name="installment_interest_is_not_overpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="repayment",
            constraint=models.CheckConstraint(
                condition=Q(prepaid_amount__gte=0), name="repayment_prepaid_is_not_negative"
            ),
        ),
        migrations.RunSQL(
            STANDS + _keeping(*PAID, "interest_saved_amount"),
            STANDS + _keeping(*PAID),
        ),
    ]
