"""Receipts, statements of the nostro account, what waits in suspense; what was told of them never changes."""

import accounts.settlement.models.nostro
import accounts.settlement.models.receipts
import django.db.models.deletion
from django.db import migrations, models


FUNCTION = """
CREATE FUNCTION accounts_told_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% keeps what was told', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _guard(table: str, columns: str) -> migrations.RunSQL:
    """Let nothing but some columns of a table change, and no row go."""
    told = ", ".join(f"'{column}'" for column in columns.split())
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION accounts_told_stands({told});""",
        f"DROP TRIGGER {table}_stands ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_evidence'),
        ('core', '0002_core_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='mandate',
            name='claim_job',
            field=models.CharField(blank=True, help_text='asked for when a receipt names the subject', max_length=80),
        ),
        migrations.CreateModel(
            name='NostroStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.nostro._statement_reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('status', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('refused', 'Not accepted')], default='reading', max_length=10, verbose_name='status')),
                ('refusal_code', models.CharField(blank=True, max_length=60)),
                ('refusal_params', models.JSONField(default=dict)),
                ('format', models.CharField(blank=True, max_length=12)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('period_first', models.DateField(null=True)),
                ('period_last', models.DateField(null=True)),
                ('opening_balance', models.DecimalField(decimal_places=3, max_digits=19, null=True)),
                ('closing_balance', models.DecimalField(decimal_places=3, max_digits=19, null=True)),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('known_count', models.PositiveIntegerField(default=0, help_text='lines that another file told before')),
                ('uploaded_at', models.DateTimeField()),
                ('uploaded_by', models.CharField(max_length=40)),
                ('read_at', models.DateTimeField(null=True)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.receipts._reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('payer_name', models.CharField(blank=True, max_length=140, verbose_name='from whom')),
                ('payer_number', models.CharField(blank=True, max_length=64)),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('subject', models.CharField(blank=True, max_length=60)),
                ('received_on', models.DateField(verbose_name='date')),
                ('received_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('claimed_by', models.CharField(blank=True, help_text='the purpose of the department that claimed it', max_length=40)),
                ('claimed_for', models.CharField(blank=True, max_length=60)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='accounts.journalentry')),
                ('settlement_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='accounts.settlementaccount')),
            ],
        ),
        migrations.CreateModel(
            name='NostroLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.nostro._line_reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('line_number', models.PositiveIntegerField()),
                ('booked_on', models.DateField(verbose_name='date')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('counterparty_name', models.CharField(blank=True, max_length=140, verbose_name='with whom')),
                ('counterparty_number', models.CharField(blank=True, max_length=64)),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('bank_reference', models.CharField(blank=True, max_length=64)),
                ('end_to_end', models.CharField(blank=True, max_length=64)),
                ('return_reason', models.CharField(blank=True, max_length=4)),
                ('status', models.CharField(choices=[('new', 'Waits to be booked'), ('matched', 'Matched'), ('suspense', 'In suspense'), ('cleared', 'Cleared')], default='new', max_length=10, verbose_name='status')),
                ('kind', models.CharField(blank=True, choices=[('paid', 'Payment confirmed'), ('file', 'Payment file confirmed'), ('returned', 'Payment came back'), ('receipt', 'Money received'), ('sent_back', 'Sent back to the sender')], max_length=10)),
                ('rule', models.CharField(blank=True, choices=[('reference', 'by its reference'), ('amount_and_date', 'by payee, amount and date'), ('number', 'by the account number'), ('agreement', 'by the reference of an agreement'), ('request', 'by the reference of a request for payment')], max_length=16)),
                ('effective_date', models.DateField(help_text='under which it stands in our books', null=True)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nostro_lines', to='accounts.paymentfile')),
                ('instruction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nostro_lines', to='accounts.paymentinstruction')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accounts.nostrostatement')),
                ('receipt', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nostro_line', to='accounts.receipt')),
            ],
        ),
        migrations.CreateModel(
            name='SuspenseItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.nostro._item_reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('doubt', models.CharField(choices=[('no_match', 'Nothing here fits it.'), ('amount_differs', 'It names a payment of another amount.'), ('several_fit', 'More than one fits it.'), ('not_expected', 'It names a payment for which no money is expected.'), ('not_possible', 'It fits, but could not be booked.')], max_length=16)),
                ('refusal_code', models.CharField(blank=True, help_text='why what fits could not be booked', max_length=60)),
                ('status', models.CharField(choices=[('waiting', 'Waits for a decision'), ('proposed', 'Waits for a second person'), ('cleared', 'Cleared')], default='waiting', max_length=10, verbose_name='status')),
                ('way', models.CharField(blank=True, choices=[('account', "To a customer's account"), ('instruction', 'To a payment'), ('sender', 'Back to the sender'), ('charge', 'A charge of the other bank')], max_length=12)),
                ('sender_name', models.CharField(blank=True, max_length=70)),
                ('sender_number', models.CharField(blank=True, max_length=34)),
                ('sender_bank_code', models.CharField(blank=True, max_length=11)),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('proposed_at', models.DateTimeField(null=True)),
                ('proposed_by', models.CharField(blank=True, max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry')),
                ('file', models.ForeignKey(help_text='that sent it back', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspense_items', to='accounts.paymentfile')),
                ('instruction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.paymentinstruction')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='suspense_item', to='accounts.nostroline')),
                ('settlement_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.settlementaccount')),
            ],
        ),
        migrations.AddConstraint(
            model_name='nostrostatement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['reading', 'read', 'refused'])), name='nostro_statement_is_known'),
        ),
        migrations.AddConstraint(
            model_name='nostrostatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), models.Q(('refusal_code', ''), _negated=True)), models.Q(models.Q(('status', 'refused'), _negated=True), ('refusal_code', '')), _connector='OR'), name='refused_nostro_statement_says_why'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('claimed_at', None), models.Q(('subject', ''), _negated=True)), fields=['subject'], name='receipt_unclaimed'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='receipt_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_at', None), ('claimed_by', ''), ('claimed_for', '')), models.Q(('claimed_at__isnull', False), models.Q(('claimed_by', ''), _negated=True), models.Q(('claimed_for', ''), _negated=True)), _connector='OR'), name='receipt_is_claimed_by_someone_for_something'),
        ),
        migrations.AddIndex(
            model_name='nostroline',
            index=models.Index(fields=['currency', 'booked_on'], name='nostro_line_by_day'),
        ),
        migrations.AddIndex(
            model_name='nostroline',
            index=models.Index(condition=models.Q(('status', 'new')), fields=['statement'], name='nostro_line_waiting'),
        ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.UniqueConstraint(fields=('statement', 'line_number'), name='nostro_line_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='nostro_line_moves_money'),
        ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'matched', 'suspense', 'cleared'])), name='nostro_line_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_date', None), ('status', 'new')), models.Q(models.Q(('status', 'new'), _negated=True), ('effective_date__isnull', False)), _connector='OR'), name='nostro_line_is_booked_under_a_date'),
        ),
        migrations.AddIndex(
            model_name='suspenseitem',
            index=models.Index(condition=models.Q(('status', 'cleared'), _negated=True), fields=['id'], name='suspense_open'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'proposed', 'cleared'])), name='suspense_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', ''), models.Q(('proposed_by', models.F('checked_by')), _negated=True), _connector='OR'), name='suspense_is_checked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status', 'cleared')), models.Q(models.Q(('status', 'cleared'), _negated=True), ('entry', None)), _connector='OR'), name='suspense_is_cleared_by_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'account'), _negated=True), ('settlement_account__isnull', False), _connector='OR'), name='suspense_goes_to_an_account_that_is_named'),
        ),
        migrations.AddConstraint(
            model_name='suspenseitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'instruction'), _negated=True), ('instruction__isnull', False), _connector='OR'), name='suspense_goes_to_a_payment_that_is_named'),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION accounts_told_stands();"),
        _guard("accounts_nostroline", "status kind rule effective_date instruction_id file_id receipt_id"),
        _guard("accounts_receipt", "claimed_at claimed_by claimed_for"),
    ]
