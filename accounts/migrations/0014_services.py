from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import accounts.settlement.models.terms


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_posting_in_fewer_steps")]

    operations = [
        migrations.RemoveConstraint(model_name="noticepreference", name="notice_kind_is_known"),
        migrations.AlterField(
            model_name="noticepreference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("money_in", "Money came in"),
                    ("money_out", "Money went out"),
                    ("low_balance", "The balance is low"),
                    ("payment_returned", "A payment came back"),
                    ("collection_failed", "An installment could not be collected"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    kind__in=["money_in", "money_out", "low_balance", "payment_returned", "collection_failed"]
                ),
                name="notice_kind_is_known",
            ),
        ),
        migrations.AlterField(
            model_name="payee",
            name="bank_code",
            field=models.CharField(
                blank=True,
                help_text="BIC or CNAPS code; empty is this bank",
                max_length=12,
                verbose_name="bank code",
            ),
        ),
        migrations.CreateModel(
            name='AccountProductProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('day_count', models.CharField(choices=[('act_365f', 'actual days of 365'), ('act_360', 'actual days of 360'), ('act_act_isda', 'actual days of the actual year')], default='act_365f', max_length=20)),
                ('interest_tiers', models.JSONField(default=list, help_text='[["0", "0.0005"], ["50000", "0.0015"]]: from, rate')),
                ('withholding_rate', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7)),
                ('monthly_fee_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('fee_free_from_amount', models.DecimalField(decimal_places=2, help_text='a month whose balance never falls below it costs nothing', max_digits=14, null=True)),
                ('overdraft_limit_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), help_text='the most that may be agreed for an account', max_digits=14)),
                ('overdraft_annual_rate', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7)),
                ('reference', models.CharField(default=accounts.settlement.models.terms._proposal_reference, editable=False, max_length=20, unique=True)),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('approved', 'Approved'), ('declined', 'Not confirmed')], default='waiting', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.CharField(max_length=40)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('product', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='accounts.accountproduct')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('code',), name='one_proposal_of_a_code_waits'), models.CheckConstraint(condition=models.Q(('proposed_by', models.F('decided_by')), _negated=True), name='proposal_is_decided_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('product__isnull', False), ('status', 'approved')), models.Q(('status__in', ['waiting', 'declined']), ('product', None)), _connector='OR'), name='approved_proposal_is_brought_out')],
            },
        ),
    ]
