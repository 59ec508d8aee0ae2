"""Drawers of cash, what moves between them and what counting finds; two accounts for books that are open already."""

import accounts.settlement.models.counts
import accounts.settlement.models.drawers
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

# Books that were opened before these accounts stood in the chart.
NEW_IN_THE_CHART = (
    ("6006", "bank_charges", "Charges of other banks", "同业手续费支出"),
    ("6007", "cash_difference", "Cash over and short", "现金长短款"),
)

# Each line follows from the one before, and at commit the drawer holds what its last line left.
LINES_ADD_UP = """
CREATE FUNCTION accounts_drawerline_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before numeric;
BEGIN
    SELECT held_after_amount INTO before FROM public.accounts_drawerline
    WHERE drawer_id = NEW.drawer_id ORDER BY id DESC LIMIT 1;
    IF NEW.held_after_amount <> coalesce(before, 0) + NEW.amount THEN
        RAISE EXCEPTION 'a line of drawer % does not follow from the one before', NEW.drawer_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'drawer_lines_add_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drawer_lines_add_up BEFORE INSERT ON accounts_drawerline
    FOR EACH ROW EXECUTE FUNCTION accounts_drawerline_follows();
CREATE FUNCTION accounts_cashdrawer_ties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT held_amount FROM public.accounts_cashdrawer WHERE id = NEW.id) <> coalesce((
        SELECT held_after_amount FROM public.accounts_drawerline WHERE drawer_id = NEW.id ORDER BY id DESC LIMIT 1
    ), 0) THEN
        RAISE EXCEPTION 'drawer % does not hold what its lines say', NEW.reference
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'drawer_holds_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER drawer_holds_its_lines AFTER INSERT OR UPDATE ON accounts_cashdrawer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_cashdrawer_ties();
"""
LINES_ADD_UP_BACK = """
DROP TRIGGER drawer_holds_its_lines ON accounts_cashdrawer;
DROP FUNCTION accounts_cashdrawer_ties();
DROP TRIGGER drawer_lines_add_up ON accounts_drawerline;
DROP FUNCTION accounts_drawerline_follows();
"""


def complete_the_books(apps, _editor):
    """Add to books that are open what their chart lacks."""
    ledger_accounts = apps.get_model("accounts", "LedgerAccount").objects
    for cash in ledger_accounts.filter(purpose="cash"):
        missing = [
            ledger_accounts.model(
                code=f"{number}-{cash.currency}",
                purpose=purpose,
                name_en=name_en,
                name_zh_hans=name_zh_hans,
                kind="expense",
                normal_side="debit",
                currency=cash.currency,
                opened_at=cash.opened_at,
            )
            for number, purpose, name_en, name_zh_hans in NEW_IN_THE_CHART
        ]
        ledger_accounts.bulk_create(missing, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_ledgers_that_ask'),
        ('core', '0002_core_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='CashHandover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.counts._handover_reference, max_length=20, unique=True, verbose_name='reference')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('status', models.CharField(choices=[('waiting', 'Waits for the other side'), ('taken', 'Taken over'), ('declined', 'Not taken over')], max_length=10, verbose_name='status')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='DrawerLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=3, help_text='negative when it went out', max_digits=19, verbose_name='amount')),
                ('held_after_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('on', models.DateField(verbose_name='date')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name='cashmovement',
            name='slip_number',
            field=models.CharField(blank=True, help_text='written away from the bank', max_length=20, verbose_name='slip number'),
        ),
        migrations.AlterField(
            model_name='cashmovement',
            name='branch',
            field=models.ForeignKey(help_text='where the cash is', on_delete=django.db.models.deletion.PROTECT, to='accounts.branch'),
        ),
        migrations.CreateModel(
            name='CashDrawer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.drawers._reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('kind', models.CharField(choices=[('vault', 'Vault'), ('counter', 'Drawer at the counter'), ('carried', 'Bag of a field agent')], max_length=10, verbose_name='kind')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('limit_amount', models.DecimalField(decimal_places=3, max_digits=19, null=True, verbose_name='cash limit')),
                ('held_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19)),
                ('status', models.CharField(choices=[('open', 'In use'), ('closed', 'Given up')], default='open', max_length=10, verbose_name='status')),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=40)),
                ('closed_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.branch', verbose_name='branch')),
                ('holder', models.ForeignKey(help_text='nobody alone holds a vault', null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CashCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.counts._count_reference, max_length=20, unique=True, verbose_name='reference')),
                ('on', models.DateField(verbose_name='date')),
                ('closes_date', models.DateField(help_text='the last day on which no cash moves through it any more', null=True)),
                ('pieces', models.JSONField(help_text='{"100": 12, "0.50": 3}: face value, number')),
                ('counted_amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='counted')),
                ('expected_amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='expected')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('status', models.CharField(choices=[('agreed', 'Agrees'), ('waiting', 'Difference waits for a second person'), ('booked', 'Difference booked'), ('declined', 'Must be counted again')], max_length=10, verbose_name='status')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
                ('check_reason', models.CharField(blank=True, help_text='why it must be counted again', max_length=200)),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cash_count', to='accounts.journalentry')),
                ('drawer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='accounts.cashdrawer')),
            ],
        ),
        migrations.AddField(
            model_name='cashmovement',
            name='drawer',
            field=models.ForeignKey(help_text='none where a branch works without drawers', null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.cashdrawer'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('slip_number', ''), _negated=True), models.Q(('status', 'declined'), _negated=True)), fields=('drawer', 'slip_number'), name='slip_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('slip_number', ''), ('drawer__isnull', False), _connector='OR'), name='slip_belongs_to_a_drawer'),
        ),
        migrations.AddField(
            model_name='cashhandover',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given', to='accounts.cashdrawer'),
        ),
        migrations.AddField(
            model_name='cashhandover',
            name='taker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='accounts.cashdrawer'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='count',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_line', to='accounts.cashcount'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='drawer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accounts.cashdrawer'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='handover',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accounts.cashhandover'),
        ),
        migrations.AddField(
            model_name='drawerline',
            name='movement',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_line', to='accounts.cashmovement'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('holder', 'currency'), name='person_holds_one_drawer_in_use'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'vault'), ('status', 'open')), fields=('branch', 'currency'), name='branch_has_one_vault_in_use'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.CheckConstraint(condition=models.Q(('held_amount__gte', 0)), name='drawer_holds_nothing_negative'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.CheckConstraint(condition=models.Q(('limit_amount__gte', 0)), name='drawer_limit_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holder', None), ('kind', 'vault'), ('limit_amount', None)), models.Q(('holder__isnull', False), ('kind__in', ['counter', 'carried']), ('limit_amount__isnull', False)), _connector='OR'), name='drawer_but_no_vault_has_holder_and_limit'),
        ),
        migrations.AddConstraint(
            model_name='cashdrawer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status', 'open')), models.Q(('closed_at__isnull', False), ('held_amount', 0), ('status', 'closed')), _connector='OR'), name='drawer_is_given_up_empty'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'declined'), _negated=True), fields=('drawer', 'closes_date'), name='day_of_a_drawer_is_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(('closes_date__lte', models.F('on'))), name='count_closes_no_day_to_come'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('drawer',), name='one_difference_of_a_drawer_waits'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(('counted_amount__gte', 0)), name='count_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['agreed', 'waiting', 'booked', 'declined'])), name='count_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted_amount', models.F('expected_amount')), ('status', 'agreed')), models.Q(models.Q(('status', 'agreed'), _negated=True), models.Q(('counted_amount', models.F('expected_amount')), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='count_that_differs_says_why'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status', 'booked')), models.Q(models.Q(('status', 'booked'), _negated=True), ('entry', None)), _connector='OR'), name='difference_is_booked_with_its_entry'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(('made_by', models.F('checked_by')), _negated=True), name='count_is_checked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='cashhandover',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='handover_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='cashhandover',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='handover_is_between_two_drawers'),
        ),
        migrations.AddConstraint(
            model_name='cashhandover',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'taken', 'declined'])), name='handover_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashhandover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'taken'), _negated=True), models.Q(models.Q(('made_by', models.F('checked_by')), _negated=True), models.Q(('checked_by', ''), _negated=True)), _connector='OR'), name='handover_is_taken_by_another'),
        ),
        migrations.AddIndex(
            model_name='drawerline',
            index=models.Index(fields=['drawer', 'on'], name='drawer_lines_by_day'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='drawer_line_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.CheckConstraint(condition=models.Q(('held_after_amount__gte', 0)), name='drawer_line_leaves_nothing_negative'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('handover', None), ('movement', None)), models.Q(('count', None), ('movement', None)), models.Q(('count', None), ('handover', None)), _connector='OR'), name='drawer_line_has_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.UniqueConstraint(condition=models.Q(('count', None), ('handover', None), ('movement', None)), fields=('drawer',), name='drawer_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='drawerline',
            constraint=models.UniqueConstraint(fields=('handover', 'drawer'), name='handover_moves_each_drawer_once'),
        ),
        guards.append_only("accounts_drawerline"),
        guards.withheld("accounts_drawerline", "UPDATE", "DELETE"),
        *(guards.withheld(f"accounts_{table}", "DELETE") for table in ("cashdrawer", "cashhandover", "cashcount")),
        migrations.RunSQL(LINES_ADD_UP, LINES_ADD_UP_BACK),
        migrations.RunPython(complete_the_books, migrations.RunPython.noop),
    ]
