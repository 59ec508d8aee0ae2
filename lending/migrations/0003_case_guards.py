"""What was said about a case is never rewritten: history, decisions, reviews, offers, repayments, allocations."""

from django.db import migrations

from portal.core import guards

TABLES = [
    "lending_applicationevent",
    "lending_creditdecision",
    "lending_review",
    "lending_offer",
    "lending_repayment",
    "lending_allocation",
]


class Migration(migrations.Migration):
    dependencies = [("lending", "0002_credit_guards"), ("core", "0002_core_guards")]

    operations = [
        *(guards.append_only(table) for table in TABLES),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in TABLES),
    ]
