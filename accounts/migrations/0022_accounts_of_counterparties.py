"""Whose account stands on the other side of a payment: by the number's keyed hash, and what may be shown of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0021_statements_agreed_by_two")]

    operations = [
        migrations.AddField(
            "banktransaction",
            "counterparty_account_masked",
            models.CharField(blank=True, default="", max_length=20, verbose_name="their account"),
        ),
        migrations.AddField(
            "banktransaction",
            "counterparty_account_key",
            models.CharField(
                blank=True,
                default="",
                help_text="keyed hash of the number of the account on the other side",
                max_length=64,
            ),
        ),
    ]
