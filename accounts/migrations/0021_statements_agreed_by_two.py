"""Statements of the nostro account that another person agrees to, and what each line would do."""

from django.db import migrations, models

LINE = "status kind rule effective_date instruction_id file_id receipt_id delivery_id"
STATEMENT = (
    "status refusal_code refusal_params format currency period_first period_last opening_balance closing_balance "
    "line_count known_count verdicts read_at foreseen_at decided_at decided_by reason"
)
# What was read before was acted on at once, by the portal itself.
AGREED = """UPDATE accounts_nostrostatement SET status = 'agreed', decided_at = read_at, decided_by = 'system'
    WHERE status = 'read'"""
READ = "UPDATE accounts_nostrostatement SET status = 'read' WHERE status = 'agreed'"


def _guard(table: str, columns: str) -> str:
    """Let nothing but some columns of a table change, and no row go."""
    told = ", ".join(f"'{column}'" for column in columns.split())
    return f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION accounts_told_stands({told});"""


def _drop(table: str) -> str:
    return f"DROP TRIGGER {table}_stands ON {table};"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_cash_counts_from_its_day'),
        ('core', '0003_webhooks'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='nostroline',
            name='nostro_line_status_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='nostroline',
            name='nostro_line_is_booked_under_a_date',
        ),
        migrations.RemoveConstraint(
            model_name='nostrostatement',
            name='nostro_statement_is_known',
        ),
        migrations.AddField(
            model_name='nostroline',
            name='foreseen',
            field=models.CharField(blank=True, choices=[('receipt', 'Credits an account'), ('request', 'Pays a request for payment'), ('returned', 'Gives a payment back to its account'), ('paid', 'Confirms a payment'), ('file', 'Confirms a payment file'), ('sent_back', 'Confirms what went back to its sender'), ('cash', 'Confirms cash to or from the other bank'), ('suspense', 'Goes to suspense'), ('left_out', 'Nothing: another file told it before')], max_length=10),
        ),
        migrations.AddField(
            model_name='nostroline',
            name='foreseen_goal',
            field=models.CharField(blank=True, help_text='the reference of what it would move', max_length=20),
        ),
        migrations.AddField(
            model_name='nostrostatement',
            name='decided_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='nostrostatement',
            name='decided_by',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='nostrostatement',
            name='foreseen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='nostrostatement',
            name='reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='nostrostatement',
            name='verdicts',
            field=models.JSONField(default=list, help_text='what a report says of payments and files'),
        ),
        migrations.AlterField(
            model_name='nostroline',
            name='status',
            field=models.CharField(choices=[('new', 'Waits to be booked'), ('matched', 'Matched'), ('suspense', 'In suspense'), ('cleared', 'Cleared'), ('left_out', 'Left out')], default='new', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='nostrostatement',
            name='status',
            field=models.CharField(choices=[('reading', 'Being read'), ('refused', 'Not accepted'), ('waiting', 'Waits for a second person'), ('agreed', 'Agreed to'), ('set_aside', 'Set aside')], default='reading', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='suspenseitem',
            name='doubt',
            field=models.CharField(choices=[('no_match', 'Nothing here fits it.'), ('amount_differs', 'It names a payment or cash of another amount.'), ('several_fit', 'More than one fits it.'), ('not_expected', 'It names a payment or cash for which no money is expected.'), ('not_possible', 'It fits, but could not be booked.'), ('not_agreed', 'It fits something else than what was agreed to.')], max_length=16),
        ),
        migrations.RunSQL(AGREED, READ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'matched', 'suspense', 'cleared', 'left_out'])), name='nostro_line_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='nostroline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_date', None), ('status__in', ['new', 'left_out'])), models.Q(models.Q(('status__in', ['new', 'left_out']), _negated=True), ('effective_date__isnull', False)), _connector='OR'), name='nostro_line_is_booked_under_a_date'),
        ),
        migrations.AddConstraint(
            model_name='nostrostatement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['reading', 'refused', 'waiting', 'agreed', 'set_aside'])), name='nostro_statement_is_known'),
        ),
        migrations.AddConstraint(
            model_name='nostrostatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'agreed'), _negated=True), models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('decided_by', models.F('uploaded_by')), _negated=True)), _connector='OR'), name='nostro_statement_is_agreed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='nostrostatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'set_aside'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='set_aside_nostro_says_why'),
        ),
        migrations.RunSQL(
            _drop("accounts_nostroline") + _guard("accounts_nostroline", f"{LINE} foreseen foreseen_goal"),
            _drop("accounts_nostroline") + _guard("accounts_nostroline", LINE),
        ),
        migrations.RunSQL(_guard("accounts_nostrostatement", STATEMENT), _drop("accounts_nostrostatement")),
    ]
