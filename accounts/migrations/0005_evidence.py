"""Questions about files, corrected categories, and our own books as evidence."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_due_diligence'),
        ('core', '0002_core_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('counterparty', 'All payments like it with the same counterparty, those to come as well'), ('line', 'This payment alone')], max_length=12, verbose_name='reach')),
                ('key', models.CharField(help_text="the counterparty's, or the line's mark", max_length=160)),
                ('way', models.SmallIntegerField(help_text='1: money in, -1: money out')),
                ('category', models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('unknown', 'Not known')], max_length=20, verbose_name='what for')),
                ('category_before', models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('unknown', 'Not known')], max_length=20)),
                ('corrected_at', models.DateTimeField(verbose_name='corrected')),
                ('corrected_by', models.CharField(max_length=40)),
                ('is_by_staff', models.BooleanField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='banktransaction',
            name='statement_line_is_recorded_once',
        ),
        migrations.RemoveConstraint(
            model_name='statementimport',
            name='statement_status_is_known',
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='is_flattered',
            field=models.BooleanField(default=False, help_text="by an owner's correction, looks better than by the rules"),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='posting',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.posting'),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='settlement_account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.settlementaccount'),
        ),
        migrations.AddField(
            model_name='statementimport',
            name='answers',
            field=models.JSONField(default=dict, help_text='what was answered, by kind of question'),
        ),
        migrations.AddField(
            model_name='statementimport',
            name='question',
            field=models.JSONField(default=dict, help_text='what only its owner can tell, with the readings side by side'),
        ),
        migrations.AlterField(
            model_name='banktransaction',
            name='statement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accounts.statementimport'),
        ),
        migrations.AlterField(
            model_name='statementimport',
            name='status',
            field=models.CharField(choices=[('reading', 'Being read'), ('asks', 'Has a question'), ('read', 'Read'), ('refused', 'Not accepted'), ('withdrawn', 'Withdrawn')], default='reading', max_length=10, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['reading', 'asks', 'read', 'refused', 'withdrawn'])), name='statement_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'asks'), _negated=True), models.Q(('question', {}), _negated=True), _connector='OR'), name='asking_statement_has_a_question'),
        ),
        migrations.AddField(
            model_name='categorycorrection',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise'),
        ),
        migrations.AddField(
            model_name='banktransaction',
            name='correction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.categorycorrection'),
        ),
        migrations.AddIndex(
            model_name='banktransaction',
            index=models.Index(fields=['enterprise', 'counterparty_key'], name='transaction_by_counterparty'),
        ),
        migrations.AddIndex(
            model_name='banktransaction',
            index=models.Index(fields=['settlement_account', '-posting'], name='transaction_by_posting'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('statement', 'line_number'), name='statement_line_is_current_once'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('posting',), name='posting_is_evidence_once'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('posting', None), ('settlement_account', None), ('statement__isnull', False)), models.Q(('posting__isnull', False), ('settlement_account__isnull', False), ('statement', None)), _connector='OR'), name='transaction_comes_from_a_file_or_from_our_books'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.CheckConstraint(condition=models.Q(('is_flattered', False), ('correction__isnull', False), _connector='OR'), name='transaction_is_flattered_by_a_correction'),
        ),
        migrations.AddIndex(
            model_name='categorycorrection',
            index=models.Index(fields=['enterprise', 'scope', 'key', 'way'], name='correction_by_key'),
        ),
        migrations.AddConstraint(
            model_name='categorycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['counterparty', 'line'])), name='correction_reach_is_known'),
        ),
        migrations.AddConstraint(
            model_name='categorycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['customer_receipt', 'supplier_payment', 'salary', 'rent', 'tax', 'loan_proceeds', 'loan_repayment', 'own_transfer', 'cash_in', 'cash_out', 'merchant_settlement', 'fee', 'interest', 'unknown'])), name='correction_category_is_known'),
        ),
        migrations.AddConstraint(
            model_name='categorycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', (1, -1))), name='correction_goes_one_way'),
        ),
        migrations.AddConstraint(
            model_name='categorycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='correction_names_what_it_is_about'),
        ),
        guards.append_only("accounts_categorycorrection"),
        guards.withheld("accounts_categorycorrection", "UPDATE", "DELETE"),
    ]
