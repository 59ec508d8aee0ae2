"""Risk classes, the allowance month by month, write-offs: what was found, posted and booked is never rewritten."""

from importlib import import_module

import django.db.models.deletion
import lending.loans.losses.models
import lending.loans.losses.states
import lending.loans.states
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but
TABLES = ["lending_judgment", "lending_allowance", "lending_allowanceline"]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0032_details_corrected'),
        ('core', '0004_jobs_take_turns'),
        ('lending', '0016_late_interest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_date', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('rules_version', models.PositiveIntegerField()),
                ('asked_amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('moved_amount', models.DecimalField(decimal_places=2, help_text='below zero, less than before', max_digits=16)),
                ('posted_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AllowanceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('risk_class', models.PositiveSmallIntegerField(choices=[(1, 'Pass'), (2, 'Special mention'), (3, 'Substandard'), (4, 'Doubtful'), (5, 'Loss')])),
                ('basis', models.CharField(max_length=12)),
                ('days_past_due', models.PositiveIntegerField()),
                ('principal_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        migrations.CreateModel(
            name='Judgment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('risk_class', models.PositiveSmallIntegerField(choices=[(1, 'Pass'), (2, 'Special mention'), (3, 'Substandard'), (4, 'Doubtful'), (5, 'Loss')], help_text='empty where what was found before is taken back', null=True, verbose_name='class')),
                ('reason', models.TextField(max_length=2000, verbose_name='why')),
                ('judged_on', models.DateField()),
                ('judged_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.losses.models._reference, editable=False, max_length=20, unique=True)),
                ('status', models.CharField(default=lending.loans.losses.states.Status['PROPOSED'], max_length=10)),
                ('principal_amount', models.DecimalField(decimal_places=2, help_text='what it is proposed for', max_digits=14)),
                ('grounds', models.TextField(max_length=2000)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('written_off_on', models.DateField(null=True)),
                ('allowance_amount', models.DecimalField(decimal_places=2, help_text='what the allowance bore of it; the rest was expense', max_digits=14, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='loan',
            name='loan_status_is_known',
        ),
        migrations.AddField(
            model_name='repayment',
            name='is_recovery',
            field=models.BooleanField(default=False, help_text='of a loan written off: booked as income, all of it'),
        ),
        migrations.AlterField(
            model_name='loan',
            name='status',
            field=models.CharField(default=lending.loans.states.LoanStatus['ACTIVE'], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'repaid', 'written_off', 'settled'])), name='loan_status_is_known'),
        ),
        migrations.AddField(
            model_name='allowance',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='allowanceline',
            name='allowance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='lending.allowance'),
        ),
        migrations.AddField(
            model_name='allowanceline',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allowance_lines', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='judgment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='judgment',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgments', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='core.storedfile'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_offs', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='allowance',
            constraint=models.UniqueConstraint(fields=('last_date', 'currency'), name='allowance_is_posted_once_a_month'),
        ),
        migrations.AddConstraint(
            model_name='allowance',
            constraint=models.CheckConstraint(condition=models.Q(('asked_amount__gte', 0)), name='allowance_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='allowance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry', None), ('moved_amount', 0)), models.Q(models.Q(('moved_amount', 0), _negated=True), ('entry__isnull', False)), _connector='OR'), name='allowance_is_booked_where_it_moves'),
        ),
        migrations.AddConstraint(
            model_name='allowanceline',
            constraint=models.UniqueConstraint(fields=('allowance', 'loan'), name='loan_asks_once_of_an_allowance'),
        ),
        migrations.AddConstraint(
            model_name='allowanceline',
            constraint=models.CheckConstraint(condition=models.Q(('risk_class__in', [1, 2, 3, 4, 5])), name='allowance_line_class_is_known'),
        ),
        migrations.AddConstraint(
            model_name='allowanceline',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['days', 'rescheduled', 'judged'])), name='allowance_line_basis_is_known'),
        ),
        migrations.AddConstraint(
            model_name='allowanceline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('principal_amount__gt', 0), ('rate__gte', 0), ('rate__lte', 1)), name='allowance_line_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='judgment',
            constraint=models.CheckConstraint(condition=models.Q(('risk_class', None), models.Q(('risk_class__gt', 1), ('risk_class__lte', 5)), _connector='OR'), name='judgment_finds_a_loan_worse'),
        ),
        migrations.AddConstraint(
            model_name='judgment',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='judgment_says_why'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [lending.loans.losses.states.Status['PROPOSED'], lending.loans.losses.states.Status['APPROVED']])), fields=('loan',), name='loan_is_written_off_once'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn'])), name='write_off_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('principal_amount__gt', 0)), name='write_off_principal_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('grounds', ''), _negated=True), name='write_off_has_grounds'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='write_off_has_two_pairs_of_eyes'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', [lending.loans.losses.states.Status['APPROVED'], lending.loans.losses.states.Status['DECLINED']]), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='write_off_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status', lending.loans.losses.states.Status['APPROVED']), ('written_off_on__isnull', False), ('allowance_amount__gte', 0), ('allowance_amount__lte', models.F('principal_amount'))), models.Q(models.Q(('status', lending.loans.losses.states.Status['APPROVED']), _negated=True), ('allowance_amount', None), ('entry', None), ('written_off_on', None)), _connector='OR'), name='write_off_is_booked_once_approved'),
        ),
        keeping_all_but(
            "lending_writeoff",
            *("status", "decided_by_id", "decided_at", "note", "written_off_on", "allowance_amount", "entry_id"),
        ),
        migrations.RunSQL(
            """CREATE TRIGGER lending_writeoff_decided BEFORE UPDATE ON lending_writeoff FOR EACH ROW
               WHEN (OLD.status <> 'proposed') EXECUTE FUNCTION portal_append_only();""",
            "DROP TRIGGER lending_writeoff_decided ON lending_writeoff;",
        ),
        guards.withheld("lending_writeoff", "DELETE"),
        *(guards.append_only(table) for table in TABLES),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in TABLES),
    ]
