"""Programs of others in editions that stand as they were approved, and introductions that keep what was agreed to."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import lending.funding.models
import lending.funding.states
import portal.core.fields
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but
# What may still change of a row that stands for ever.
CHANGING = {
    "lending_fundingprogram": ["status", "approved_by", "approved_at", "published_from", "published_until"],
    "lending_introduction": ["status", "passed_on_by_id", "passed_on_at", "ended_at", "funded_amount", "note"],
}


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0022_accounts_of_counterparties'),
        ('lending', '0010_repayments_undone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FundingProgram',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField()),
                ('status', models.CharField(default='draft', max_length=10)),
                ('proposed_by', models.CharField(max_length=40)),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=40)),
                ('approved_at', models.DateTimeField(null=True)),
                ('published_from', models.DateField(null=True)),
                ('published_until', models.DateField(help_text='the first day on which it is no longer published', null=True)),
                ('kind', models.CharField(choices=[('guarantee', 'Credit guarantee'), ('interest_subsidy', 'Interest subsidy'), ('grant', 'Grant'), ('leasing', 'Leasing'), ('supplier_credit', 'Supplier credit'), ('invoice_finance', 'Invoice finance'), ('mutual_aid', 'Mutual-aid fund'), ('insurance', 'Credit backed by agricultural insurance'), ('lender', 'Another lender')], max_length=20)),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('summary_en', models.CharField(max_length=300)),
                ('summary_zh_hans', models.CharField(max_length=300)),
                ('run_by_en', models.CharField(max_length=120)),
                ('run_by_zh_hans', models.CharField(max_length=120)),
                ('website', models.URLField(blank=True, validators=[django.core.validators.URLValidator(schemes=['https'])])),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('min_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('max_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('cost_en', models.CharField(max_length=300)),
                ('cost_zh_hans', models.CharField(max_length=300)),
                ('papers_en', models.CharField(max_length=300)),
                ('papers_zh_hans', models.CharField(max_length=300)),
                ('apply_by', models.DateField(blank=True, help_text='the last day', null=True)),
                ('commission_rate', models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ('commission_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('industries', models.JSONField(blank=True, default=list, help_text='ISIC codes with all below them; empty: all')),
                ('setting', models.CharField(blank=True, choices=[('town', 'Town'), ('village', 'Village')], max_length=10)),
                ('sizes', models.JSONField(blank=True, default=list)),
                ('min_age_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('max_age_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('is_grower', models.BooleanField(blank=True, null=True)),
                ('purposes', models.JSONField(blank=True, default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='funding_edition_is_written_once'), models.UniqueConstraint(condition=models.Q(('published_until', None), ('status', 'approved')), fields=('code',), name='one_edition_of_a_program_is_published'), models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('code',), name='one_draft_of_a_program_is_open'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved', 'discarded'])), name='funding_status_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['guarantee', 'interest_subsidy', 'grant', 'leasing', 'supplier_credit', 'invoice_finance', 'mutual_aid', 'insurance', 'lender'])), name='funding_kind_is_known'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='program_has_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('published_from__isnull', False), ('status', 'approved'), models.Q(('approved_by', ''), _negated=True)), models.Q(models.Q(('status', 'approved'), _negated=True), ('approved_by', ''), ('published_from', None), ('published_until', None)), _connector='OR'), name='program_is_approved_before_it_is_published'), models.CheckConstraint(condition=models.Q(('published_until', None), ('published_until__gte', models.F('published_from')), _connector='OR'), name='program_is_published_before_it_ends'), models.CheckConstraint(condition=models.Q(('max_amount__gte', models.F('min_amount')), ('min_amount__gt', 0)), name='funding_amounts_are_a_range'), models.CheckConstraint(condition=models.Q(('min_age_months', None), ('max_age_months', None), ('max_age_months__gte', models.F('min_age_months')), _connector='OR'), name='funding_ages_are_a_range'), models.CheckConstraint(condition=models.Q(('commission_amount__gte', 0), ('commission_rate__gte', 0), ('commission_rate__lt', 1)), name='commission_is_not_negative'), models.CheckConstraint(condition=models.Q(('website', ''), ('website__startswith', 'https://'), _connector='OR'), name='funding_website_is_https')],
            },
        ),
        migrations.CreateModel(
            name='Introduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.funding.models._introduction_reference, editable=False, max_length=20, unique=True)),
                ('program_code', models.SlugField(max_length=40)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('purpose', models.CharField(choices=[('stock', 'Goods and raw materials'), ('equipment', 'Machines, vehicles and tools'), ('premises', 'Shop, workshop or stable'), ('season', 'Seeds, feed and the growing season'), ('wages', 'Wages and running costs'), ('other', 'Something else')], max_length=20, verbose_name='purpose')),
                ('kept_content', portal.core.fields.EncryptedTextField(help_text='what may be passed on, word for word, as JSON')),
                ('status', models.CharField(default=lending.funding.states.Status['ASKED'], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('passed_on_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('funded_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.consent')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='accounts.enterprise')),
                ('passed_on_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='lending.fundingprogram')),
            ],
            options={
                'indexes': [models.Index(fields=['status', 'asked_at'], name='introduction_queue')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', [lending.funding.states.Status['ASKED'], lending.funding.states.Status['PASSED_ON']])), fields=('enterprise', 'program_code'), name='introduction_to_a_program_is_open_once'), models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'passed_on', 'funded', 'declined', 'withdrawn', 'lapsed'])), name='introduction_status_is_known'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='introduction_amount_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status__in', [lending.funding.states.Status['ASKED'], lending.funding.states.Status['PASSED_ON']])), models.Q(models.Q(('status__in', [lending.funding.states.Status['ASKED'], lending.funding.states.Status['PASSED_ON']]), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='introduction_has_ended_or_is_open'), models.CheckConstraint(condition=models.Q(models.Q(('passed_on_at', None), ('status', lending.funding.states.Status['ASKED'])), models.Q(('passed_on_at__isnull', False), ('status__in', [lending.funding.states.Status['PASSED_ON'], lending.funding.states.Status['FUNDED']])), ('status__in', [lending.funding.states.Status['DECLINED'], lending.funding.states.Status['WITHDRAWN'], lending.funding.states.Status['LAPSED']]), _connector='OR'), name='introduction_is_passed_on_before_it_is_answered'), models.CheckConstraint(condition=models.Q(models.Q(('funded_amount__gt', 0), ('status', lending.funding.states.Status['FUNDED'])), models.Q(models.Q(('status', lending.funding.states.Status['FUNDED']), _negated=True), ('funded_amount', None)), _connector='OR'), name='funded_introduction_names_the_amount')],
            },
        ),
        *(keeping_all_but(table, *columns) for table, columns in CHANGING.items()),
        *(guards.withheld(table, "DELETE") for table in CHANGING),
    ]
