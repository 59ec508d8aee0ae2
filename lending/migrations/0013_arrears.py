"""Reminders of installments, and contacts with late borrowers, that are never rewritten."""

import django.db.models.deletion
import lending.arrears.models
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

TABLES = ["lending_contact", "lending_reminder"]


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0012_early_repayment'),
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
        *(guards.append_only(table) for table in TABLES),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in TABLES),
    ]
