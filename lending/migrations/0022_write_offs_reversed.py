"""A write-off that was a mistake is reversed, and what was recovered since becomes repayments."""

from importlib import import_module

import django.db.models.deletion
import lending.loans.losses.models
import lending.loans.proposals.states
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but
DECIDED = ("status", "decided_by_id", "decided_at", "note", "entry_id")
WRITTEN_OFF = (*DECIDED, "written_off_on", "allowance_amount")
STANDS = """
    CREATE OR REPLACE FUNCTION lending_writeoff_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW){but} = to_jsonb(OLD){but} THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is never rewritten', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    DROP TRIGGER lending_writeoff_decided ON lending_writeoff;
    CREATE TRIGGER lending_writeoff_decided BEFORE UPDATE ON lending_writeoff FOR EACH ROW
      WHEN ({when}) EXECUTE FUNCTION portal_append_only();
"""
REVERSING = """
    OLD.status <> 'proposed' AND NOT (
        OLD.status = 'approved' AND NEW.status = 'reversed'
        AND to_jsonb(NEW) - 'status' - 'reversed_on' = to_jsonb(OLD) - 'status' - 'reversed_on')"""


def standing(columns: tuple[str, ...], when: str) -> str:
    """Let the database keep a write-off, but for these columns, and once it is decided but for being reversed."""
    return STANDS.format(but="".join(f" - '{each}'" for each in columns), when=when)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0033_posts_by_two'),
        ('core', '0005_audit_events_by_whom'),
        ('lending', '0021_early_by_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RebookedRecovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='WriteOffReversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(default=lending.loans.proposals.states.Status['PROPOSED'], max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('reference', models.CharField(default=lending.loans.losses.models._reversal_reference, editable=False, max_length=20, unique=True)),
                ('reason', models.TextField(max_length=2000)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='writeoff',
            name='write_off_is_decided_by_somebody',
        ),
        migrations.RemoveConstraint(
            model_name='writeoff',
            name='write_off_is_booked_once_approved',
        ),
        migrations.RemoveConstraint(
            model_name='writeoff',
            name='write_off_status_is_known',
        ),
        migrations.AddField(
            model_name='writeoff',
            name='reversed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'lapsed', 'reversed'])), name='write_off_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', [lending.loans.proposals.states.Status['APPROVED'], 'reversed', lending.loans.proposals.states.Status['DECLINED']]), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='write_off_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status__in', (lending.loans.proposals.states.Status['APPROVED'], 'reversed')), ('written_off_on__isnull', False), ('allowance_amount__gte', 0), ('allowance_amount__lte', models.F('principal_amount'))), models.Q(models.Q(('status__in', (lending.loans.proposals.states.Status['APPROVED'], 'reversed')), _negated=True), ('allowance_amount', None), ('entry', None), ('written_off_on', None)), _connector='OR'), name='write_off_is_booked_once_approved'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversed_on__gte', models.F('written_off_on')), ('status', 'reversed')), models.Q(models.Q(('status', 'reversed'), _negated=True), ('reversed_on', None)), _connector='OR'), name='write_off_is_reversed_on_a_day'),
        ),
        migrations.AddField(
            model_name='rebookedrecovery',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='rebookedrecovery',
            name='repayment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rebooked', to='lending.repayment'),
        ),
        migrations.AddField(
            model_name='writeoffreversal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='writeoffreversal',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='writeoffreversal',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_off_reversals', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='writeoffreversal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='writeoffreversal',
            name='write_off',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='lending.writeoff'),
        ),
        migrations.AddField(
            model_name='rebookedrecovery',
            name='reversal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rebooked', to='lending.writeoffreversal'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [lending.loans.proposals.states.Status['PROPOSED'], lending.loans.proposals.states.Status['APPROVED']])), fields=('write_off',), name='write_off_is_reversed_once'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'lapsed'])), name='write_off_reversal_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='write_off_reversal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='write_off_reversal_has_two_pairs_of_eyes'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('status__in', [lending.loans.proposals.states.Status['APPROVED'], lending.loans.proposals.states.Status['DECLINED']]), ('decided_at__isnull', False)), models.Q(('decided_at', None), ('decided_by', None), ('status__in', [lending.loans.proposals.states.Status['PROPOSED'], lending.loans.proposals.states.Status['WITHDRAWN'], lending.loans.proposals.states.Status['LAPSED']])), _connector='OR'), name='write_off_reversal_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='writeoffreversal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status', lending.loans.proposals.states.Status['APPROVED'])), models.Q(models.Q(('status', lending.loans.proposals.states.Status['APPROVED']), _negated=True), ('entry', None)), _connector='OR'), name='write_off_reversal_is_booked_once_approved'),
        ),
        migrations.RunSQL(
            standing((*WRITTEN_OFF, "reversed_on"), REVERSING), standing(WRITTEN_OFF, "OLD.status <> 'proposed'")
        ),
        keeping_all_but("lending_writeoffreversal", *DECIDED),
        migrations.RunSQL(
            """CREATE TRIGGER lending_writeoffreversal_decided BEFORE UPDATE ON lending_writeoffreversal FOR EACH ROW
               WHEN (OLD.status <> 'proposed') EXECUTE FUNCTION portal_append_only();""",
            "DROP TRIGGER lending_writeoffreversal_decided ON lending_writeoffreversal;",
        ),
        guards.withheld("lending_writeoffreversal", "DELETE"),
        guards.append_only("lending_rebookedrecovery"),
        guards.withheld("lending_rebookedrecovery", "UPDATE", "DELETE"),
        guards.keeping(
            "lending_writeoffreversal",
            why="Reversals of write-offs were proposed, or stand in the books: before 0022 nothing can tell of them.",
        ),
    ]
