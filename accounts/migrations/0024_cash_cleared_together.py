"""Cash that the other bank credited in several lines, and one line for several deposits."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
DELIVERY = ("status", "reason", "effective_date", "checked_at", "checked_by", "entry_id", "settled_entry_id")
before = keeping_all_but("accounts_cashdelivery", *DELIVERY)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0023_devices_trusted_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='cashdelivery',
            name='cleared_with',
            field=models.ForeignKey(help_text='money in suspense that is this cash beside other', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='further_cash', to='accounts.suspenseitem'),
        ),
        migrations.AddField(
            model_name='suspenseitem',
            name='cleared_with',
            field=models.ForeignKey(help_text='whose clearing speaks for it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='accounts.suspenseitem'),
        ),
        migrations.AlterField(
            model_name='cashdelivery',
            name='settled_entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AlterField(
            model_name='nostroline',
            name='delivery',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nostro_lines', to='accounts.cashdelivery'),
        ),
        migrations.AlterField(
            model_name='suspenseitem',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.RunSQL(before.reverse_sql, before.sql),
        keeping_all_but("accounts_cashdelivery", *DELIVERY, "cleared_with_id"),
    ]
