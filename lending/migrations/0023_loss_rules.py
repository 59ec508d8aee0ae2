"""The bank's own rules for losses, in editions that stand as they were approved."""

from importlib import import_module

import portal.core.editions
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0022_write_offs_reversed'),
    ]

    operations = [
        migrations.CreateModel(
            name='LossRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField()),
                ('status', models.CharField(default=portal.core.editions.Status['DRAFT'], max_length=10)),
                ('approved_by', models.CharField(blank=True, max_length=40)),
                ('approved_at', models.DateTimeField(null=True)),
                ('proposed_by', models.CharField(max_length=40)),
                ('proposed_at', models.DateTimeField()),
                ('in_force_from', models.DateField(null=True)),
                ('in_force_until', models.DateField(null=True)),
                ('special_mention_days', models.PositiveSmallIntegerField()),
                ('substandard_days', models.PositiveSmallIntegerField()),
                ('doubtful_days', models.PositiveSmallIntegerField()),
                ('loss_days', models.PositiveSmallIntegerField()),
                ('observed_months', models.PositiveSmallIntegerField()),
                ('pass_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('special_mention_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('substandard_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('doubtful_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('loss_rate', models.DecimalField(decimal_places=4, max_digits=5)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='loss_rules_are_written_once'), models.UniqueConstraint(condition=models.Q(('in_force_until', None), ('status', portal.core.editions.Status['APPROVED'])), fields=('code',), name='one_edition_of_loss_rules_is_in_force'), models.UniqueConstraint(condition=models.Q(('status', portal.core.editions.Status['DRAFT'])), fields=('code',), name='one_draft_of_loss_rules_is_open'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved', 'discarded'])), name='loss_rules_status_is_known'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='loss_rules_have_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('in_force_from__isnull', False), ('status', portal.core.editions.Status['APPROVED']), models.Q(('approved_by', ''), _negated=True)), models.Q(models.Q(('status', portal.core.editions.Status['APPROVED']), _negated=True), ('approved_by', ''), ('in_force_from', None), ('in_force_until', None)), _connector='OR'), name='loss_rules_are_approved_before_they_count'), models.CheckConstraint(condition=models.Q(('in_force_until', None), ('in_force_until__gte', models.F('in_force_from')), _connector='OR'), name='loss_rules_count_before_they_end'), models.CheckConstraint(condition=models.Q(('doubtful_days__gte', models.F('substandard_days')), ('loss_days__gte', models.F('doubtful_days')), ('special_mention_days__gte', 1), ('substandard_days__gte', models.F('special_mention_days'))), name='loss_rules_days_grow'), models.CheckConstraint(condition=models.Q(('doubtful_rate__gte', models.F('substandard_rate')), ('loss_rate__gte', models.F('doubtful_rate')), ('loss_rate__lte', 1), ('pass_rate__gte', 0), ('special_mention_rate__gte', models.F('pass_rate')), ('substandard_rate__gte', models.F('special_mention_rate'))), name='loss_rules_rates_grow')],
            },
        ),
        keeping_all_but(
            "lending_lossrules", "status", "approved_by", "approved_at", "in_force_from", "in_force_until"
        ),
        guards.withheld("lending_lossrules", "DELETE"),
        guards.keeping(
            "lending_lossrules",
            why="The bank's own rules for losses are kept: going back before 0023 would drop them.",
        ),
    ]
