"""A repayment knows the money that paid it by itself, and what undid it is kept."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_cash_counts_from_its_day'),
        ('lending', '0009_installments_in_the_forecast'),
    ]

    operations = [
        migrations.AddField(
            model_name='repayment',
            name='receipt',
            field=models.ForeignKey(help_text='the money that paid it by itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.receipt'),
        ),
        migrations.CreateModel(
            name='UndoneRepayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('undone_at', models.DateTimeField()),
                ('undone_by', models.CharField(max_length=40)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry')),
                ('repayment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='undone', to='lending.repayment')),
            ],
        ),
        guards.append_only("lending_undonerepayment"),
        guards.withheld("lending_undonerepayment", "UPDATE", "DELETE"),
    ]
