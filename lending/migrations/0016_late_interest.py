"""Late interest: a product's rule, what was paid, waived and carried over of it; a decided waiver is never rewritten."""

from importlib import import_module

import django.db.models.deletion
import lending.loans.rescheduling.states
import lending.loans.waivers.models
import lending.loans.waivers.states
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but

RESCHEDULING = "lending_rescheduling"
STANDS = f"DROP TRIGGER {RESCHEDULING}_stands ON {RESCHEDULING}; DROP FUNCTION {RESCHEDULING}_stands();"
DECIDED = ("status", "decided_by_id", "decided_at", "note")
AGREED = (*DECIDED, "agreed_by_id", "agreed_at", "agreed_on", "version")

class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0015_rescheduling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.waivers.models._reference, editable=False, max_length=20, unique=True)),
                ('status', models.CharField(default=lending.loans.waivers.states.Status['PROPOSED'], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('reason', models.TextField(max_length=2000)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, max_length=2000)),
            ],
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='late_grace_days',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='late_on_interest',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='late_rate_markup',
            field=models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7),
        ),
        migrations.AddField(
            model_name='repayment',
            name='late_interest_amount',
            field=models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14),
        ),
        migrations.AddField(
            model_name='rescheduling',
            name='late_interest_amount',
            field=models.DecimalField(decimal_places=2, default=Decimal('0'), help_text='carried over; counts once agreed to', max_digits=14),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(('late_grace_days__lte', 30), ('late_rate_markup__gte', 0), ('late_rate_markup__lte', Decimal('0.5'))), name='product_late_interest_is_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('late_interest_amount__gte', 0), ('late_interest_amount__lte', models.F('amount'))), name='repayment_late_interest_is_part_of_it'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('late_interest_amount', 0), models.Q(('late_interest_amount__gt', 0), ('status', lending.loans.rescheduling.states.Status['AGREED'])), _connector='OR'), name='rescheduling_carries_late_interest_once_agreed_to'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='waiver',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(condition=models.Q(('status', lending.loans.waivers.states.Status['PROPOSED'])), fields=('loan',), name='one_waiver_of_a_loan_is_open'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn'])), name='waiver_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='waiver_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waiver_says_why'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='waiver_has_two_pairs_of_eyes'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('status__in', [lending.loans.waivers.states.Status['APPROVED'], lending.loans.waivers.states.Status['DECLINED']]), ('decided_at__isnull', False)), models.Q(('decided_at', None), ('decided_by', None), ('status__in', [lending.loans.waivers.states.Status['PROPOSED'], lending.loans.waivers.states.Status['WITHDRAWN']])), _connector='OR'), name='waiver_is_decided_by_somebody'),
        ),
        migrations.RunSQL(
            STANDS + keeping_all_but(RESCHEDULING, *AGREED, "late_interest_amount").sql,
            STANDS + keeping_all_but(RESCHEDULING, *AGREED).sql,
        ),
        keeping_all_but("lending_waiver", *DECIDED),
        migrations.RunSQL(
            """CREATE TRIGGER lending_waiver_decided BEFORE UPDATE ON lending_waiver FOR EACH ROW
               WHEN (OLD.status <> 'proposed') EXECUTE FUNCTION portal_append_only();""",
            "DROP TRIGGER lending_waiver_decided ON lending_waiver;",
        ),
        guards.withheld("lending_waiver", "DELETE"),
    ]
