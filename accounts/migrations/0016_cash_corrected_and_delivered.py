"""Cash that is corrected, cash between vaults and the other bank, and months closed by two people."""

from importlib import import_module

import accounts.settlement.models.corrections
import accounts.settlement.models.deliveries
import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
# What may still change of a row that stands for ever.
CHANGING = {
    "accounts_cashcorrection": [
        "status", "checked_at", "checked_by", "check_reason", "reversal_id", "replacement_id", "difference_id",
    ],
    "accounts_cashdelivery": [
        "status", "reason", "effective_date", "checked_at", "checked_by", "entry_id", "settled_entry_id",
    ],
    "accounts_monthclosing": ["status", "decided_at", "decided_by", "reason", "period_id"],
}  # fmt: skip


LINE = "status kind rule effective_date instruction_id file_id receipt_id"


def _changing(columns: str) -> str:
    """Let nothing but some columns of a nostro line change, and no line go."""
    told = ", ".join(f"'{column}'" for column in columns.split())
    return f"""DROP TRIGGER accounts_nostroline_stands ON accounts_nostroline;
        CREATE TRIGGER accounts_nostroline_stands BEFORE UPDATE OR DELETE ON accounts_nostroline
        FOR EACH ROW EXECUTE FUNCTION accounts_told_stands({told});"""


def complete_the_books(apps, _editor):
    """Add to books that are open the account that their chart lacks."""
    ledger_accounts = apps.get_model("accounts", "LedgerAccount").objects
    missing = [
        ledger_accounts.model(
            code=f"1005-{cash.currency}",
            purpose="cash_in_transit",
            name_en="Cash in transit",
            name_zh_hans="在途现金",
            kind="asset",
            normal_side="debit",
            currency=cash.currency,
            opened_at=cash.opened_at,
        )
        for cash in ledger_accounts.filter(purpose="cash")
    ]
    ledger_accounts.bulk_create(missing, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_papers_and_watchlist_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='CashCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.corrections._reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('way', models.CharField(blank=True, choices=[('in', 'Paid in'), ('out', 'Paid out')], max_length=3, verbose_name='in or out')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, null=True, verbose_name='amount')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('slip_number', models.CharField(blank=True, max_length=20, verbose_name='slip number')),
                ('slip_date', models.DateField(help_text='the day that stands on the slip', null=True)),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('booked', 'Booked'), ('declined', 'Not confirmed')], max_length=10, verbose_name='status')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
                ('check_reason', models.CharField(blank=True, help_text='why it was not confirmed', max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='CashDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.deliveries._reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('way', models.CharField(choices=[('brought', 'Brought to the other bank'), ('fetched', 'Fetched from the other bank')], max_length=10, verbose_name='which way')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('on_the_way', 'Not on a statement yet'), ('settled', 'Confirmed by the other bank'), ('declined', 'Not confirmed')], max_length=10, verbose_name='status')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('effective_date', models.DateField(help_text='on which it left the vault, or came to it', null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='MonthClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_date', models.DateField(verbose_name='closed up to')),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('closed', 'Closed'), ('declined', 'Not confirmed')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=40)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, help_text='why it was not closed', max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='cashmovement',
            name='cash_is_booked_with_its_entry',
        ),
        migrations.RemoveConstraint(
            model_name='cashmovement',
            name='slip_counts_once',
        ),
        migrations.RemoveConstraint(
            model_name='drawerline',
            name='drawer_line_has_one_cause',
        ),
        migrations.RemoveConstraint(
            model_name='drawerline',
            name='drawer_begins_once',
        ),
        migrations.AlterField(
            model_name='cashmovement',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waits for a second person'), ('booked', 'Booked'), ('declined', 'Not confirmed'), ('reversed', 'Reversed')], max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='nostroline',
            name='kind',
            field=models.CharField(blank=True, choices=[('paid', 'Payment confirmed'), ('file', 'Payment file confirmed'), ('returned', 'Payment came back'), ('receipt', 'Money received'), ('sent_back', 'Sent back to the sender'), ('cash', 'Cash confirmed')], max_length=10),
        ),
        migrations.AlterField(
            model_name='nostroline',
            name='rule',
            field=models.CharField(blank=True, choices=[('reference', 'by its reference'), ('amount_and_date', 'by payee, amount and date'), ('cash_and_date', 'by amount and date'), ('number', 'by the account number'), ('agreement', 'by the reference of an agreement'), ('request', 'by the reference of a request for payment')], max_length=16),
        ),
        migrations.AlterField(
            model_name='suspenseitem',
            name='way',
            field=models.CharField(blank=True, choices=[('account', "To a customer's account"), ('instruction', 'To a payment'), ('sender', 'Back to the sender'), ('charge', 'A charge of the other bank'), ('cash', 'Cash that went to or came from the other bank')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('slip_number', ''), _negated=True), ('status__in', ['waiting', 'booked'])), fields=('drawer', 'slip_number'), name='slip_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status__in', ['booked', 'reversed'])), models.Q(('status__in', ['waiting', 'declined']), ('entry', None)), _connector='OR'), name='cash_is_booked_with_its_entry'),
        ),
        migrations.AddField(
            model_name='cashcorrection',
            name='difference',
            field=models.OneToOneField(help_text='where a count stands between', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='cashcorrection',
            name='movement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='accounts.cashmovement'),
        ),
        migrations.AddField(
            model_name='cashcorrection',
            name='replacement',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrects', to='accounts.cashmovement'),
        ),
        migrations.AddField(
            model_name='cashcorrection',
            name='reversal',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='cashcorrection',
            name='settlement_account',
            field=models.ForeignKey(help_text='none is only a reversal', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.settlementaccount'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='correction',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_line', to='accounts.cashcorrection'),
        ),
        migrations.AddField(
            model_name='cashdelivery',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cash_delivery', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='cashdelivery',
            name='settled_entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='cashdelivery',
            name='vault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='accounts.cashdrawer'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='delivery',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_line', to='accounts.cashdelivery'),
        ),
        migrations.AddField(
            model_name='nostroline',
            name='delivery',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nostro_line', to='accounts.cashdelivery'),
        ),
        migrations.AddField(
            model_name='suspenseitem',
            name='delivery',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.cashdelivery'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction', None), ('count', None), ('delivery', None), ('handover', None)), models.Q(('correction', None), ('count', None), ('delivery', None), ('movement', None)), models.Q(('correction', None), ('delivery', None), ('handover', None), ('movement', None)), models.Q(('count', None), ('delivery', None), ('handover', None), ('movement', None)), models.Q(('correction', None), ('count', None), ('handover', None), ('movement', None)), _connector='OR'), name='drawer_line_has_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.UniqueConstraint(condition=models.Q(('correction', None), ('count', None), ('delivery', None), ('handover', None), ('movement', None)), fields=('drawer',), name='drawer_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'cash'), _negated=True), ('delivery__isnull', False), _connector='OR'), name='suspense_goes_to_cash_that_is_named'),
        ),
        migrations.AddField(
            model_name='monthclosing',
            name='period',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closing', to='accounts.accountingperiod'),
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'declined'), _negated=True), fields=('movement',), name='cash_is_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'booked', 'declined'])), name='correction_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_says_why'),
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount', None), ('settlement_account', None), ('slip_date', None), ('slip_number', ''), ('way', '')), models.Q(('amount__gt', 0), ('settlement_account__isnull', False), ('way__in', ['in', 'out'])), _connector='OR'), name='correction_tells_the_right_cash_whole'),
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversal__isnull', False), ('status', 'booked'), models.Q(('checked_by', ''), _negated=True), models.Q(('made_by', models.F('checked_by')), _negated=True)), models.Q(models.Q(('status', 'booked'), _negated=True), ('difference', None), ('replacement', None), ('reversal', None)), _connector='OR'), name='correction_is_booked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='cashdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='delivery_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='cashdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['brought', 'fetched'])), name='delivery_way_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'on_the_way', 'settled', 'declined'])), name='delivery_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashdelivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_date', None), ('entry', None), ('status__in', ['waiting', 'declined'])), models.Q(('effective_date__isnull', False), ('entry__isnull', False), ('status__in', ['on_the_way', 'settled']), models.Q(('checked_by', ''), _negated=True), models.Q(('made_by', models.F('checked_by')), _negated=True)), _connector='OR'), name='delivery_is_booked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='cashdelivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_entry__isnull', False), ('status', 'settled')), models.Q(models.Q(('status', 'settled'), _negated=True), ('settled_entry', None)), _connector='OR'), name='delivery_is_settled_with_its_entry'),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('status',), name='one_closing_waits'),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'closed', 'declined'])), name='closing_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('period__isnull', False), ('status', 'closed'), models.Q(('decided_by', ''), _negated=True), models.Q(('asked_by', models.F('decided_by')), _negated=True)), models.Q(models.Q(('status', 'closed'), _negated=True), ('period', None)), _connector='OR'), name='month_is_closed_by_another'),
        ),
        *(keeping_all_but(table, *columns) for table, columns in CHANGING.items()),
        *(guards.withheld(table, "DELETE") for table in CHANGING),
        migrations.RunSQL(_changing(f"{LINE} delivery_id"), _changing(LINE)),
        migrations.RunPython(complete_the_books, migrations.RunPython.noop),
    ]
