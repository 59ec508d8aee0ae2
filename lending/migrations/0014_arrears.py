"""Reminders of installments, contacts with late borrowers, revocations of offers: none is ever rewritten."""

from importlib import import_module

import django.db.models.deletion
import lending.arrears.models
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but
TABLES = ["lending_contact", "lending_reminder"]


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0013_discarded_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.arrears.models._contact_reference, editable=False, max_length=20, unique=True)),
                ('way', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('message', 'Text message'), ('counter', 'At the counter')], max_length=10, verbose_name='how')),
                ('is_reached', models.BooleanField(verbose_name='reached')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('promised_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('promised_on', models.DateField(null=True)),
                ('next_step_on', models.DateField(null=True)),
                ('contacted_on', models.DateField()),
                ('contacted_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.loan')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['call', 'visit', 'message', 'counter'])), name='contact_way_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('promised_amount', None), ('promised_on', None)), models.Q(('promised_amount__isnull', False), ('promised_on__isnull', False), ('is_reached', True), ('promised_amount__gt', 0), ('promised_on__gte', models.F('contacted_on'))), _connector='OR'), name='promise_is_whole_and_of_whom_was_reached'), models.CheckConstraint(condition=models.Q(('is_reached', False), models.Q(('note', ''), _negated=True), _connector='OR'), name='contact_says_what_was_said'), models.CheckConstraint(condition=models.Q(('next_step_on', None), ('next_step_on__gte', models.F('contacted_on')), _connector='OR'), name='next_step_comes_after_its_contact')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(max_length=10)),
                ('reminded_at', models.DateTimeField()),
                ('installment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='lending.installment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('installment', 'moment'), name='installment_is_reminded_of_once_a_moment'), models.CheckConstraint(condition=models.Q(('moment__in', ['short', 'late', 'late_7', 'late_30'])), name='reminder_moment_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('changed', 'What the offer rested on has changed'), ('evidence', 'The evidence turned out to be incomplete or wrong'), ('mistake', 'The bank made a mistake in the offer')], max_length=10, verbose_name='reason')),
                ('note', models.TextField(max_length=2000, verbose_name='why')),
                ('needs_second', models.BooleanField()),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('confirmed', 'Revoke the offer'), ('declined', 'Let the offer stand')], max_length=10)),
                ('concluded_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revocations', to='lending.application')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('concluded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('application',), name='one_revocation_of_an_offer_waits'), models.CheckConstraint(condition=models.Q(('reason__in', ['changed', 'evidence', 'mistake']), models.Q(('note', ''), _negated=True)), name='revocation_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('concluded_at', None), ('concluded_by', None), ('outcome', '')), models.Q(('concluded_at__isnull', False), ('concluded_by__isnull', False), ('outcome__in', ['confirmed', 'declined'])), _connector='OR'), name='revocation_is_concluded_whole'), models.CheckConstraint(condition=models.Q(('needs_second', False), ('outcome', 'declined'), models.Q(('concluded_by', models.F('asked_by')), _negated=True), _connector='OR'), name='revocation_has_two_pairs_of_eyes')],
            },
        ),
        keeping_all_but("lending_revocation", "outcome", "concluded_by_id", "concluded_at"),
        *(guards.append_only(table) for table in TABLES),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in TABLES),
    ]
