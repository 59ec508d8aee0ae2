"""Since when a device may have been trusted: what was trusted before somebody signed the others out counts no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_accounts_of_counterparties")]

    operations = [
        migrations.AddField(
            "user",
            "devices_trusted_from",
            models.DateTimeField(null=True, help_text="trust that a device got earlier counts no more"),
        ),
    ]
