"""A draft of rules may be discarded; it was never approved."""

from django.db import migrations, models
from django.db.models import Q

UNAPPROVED = ("draft", "discarded")
STATUSES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("active", "Active"),
    ("retired", "Retired"),
    ("discarded", "Discarded"),
]


def of(model):
    name = f"{model}_is_approved_before_use"
    approved = Q(approved_by="", status__in=UNAPPROVED) | (
        ~Q(status__in=UNAPPROVED) & ~Q(approved_by="") & Q(approved_at__isnull=False)
    )
    field = models.CharField(choices=STATUSES, default="draft", max_length=10, verbose_name="status")
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AlterField(model_name=model, name="status", field=field),
        migrations.AddConstraint(model_name=model, constraint=models.CheckConstraint(condition=approved, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [("lending", "0012_early_repayment")]

    operations = [
        step for model in ("challenger", "policy", "scorecard", "standardedition") for step in of(model)
    ]
