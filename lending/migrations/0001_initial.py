
import django.db.models.deletion
import lending.applications.models
import lending.applications.states
import lending.loans.models
import lending.loans.states
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('core', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.applications.models._application_reference, editable=False, max_length=20, unique=True)),
                ('requested_amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('term_months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('purpose', models.CharField(choices=[('stock', 'Goods and raw materials'), ('equipment', 'Machines, vehicles and tools'), ('premises', 'Shop, workshop or stable'), ('season', 'Seeds, feed and the growing season'), ('wages', 'Wages and running costs'), ('other', 'Something else')], max_length=20, verbose_name='purpose')),
                ('purpose_note', models.CharField(blank=True, max_length=300, verbose_name='in your words')),
                ('status', models.CharField(default=lending.applications.states.Status['DRAFT'], max_length=20)),
                ('begun_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.branch')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('license', 'Business license or household register'), ('identity', "Owner's identity card"), ('premises', 'Photo of the premises or fields'), ('contract', 'Order, lease or contract'), ('other', 'Something else')], max_length=20, verbose_name='what it shows')),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='lending.application')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=20)),
                ('status', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=40)),
                ('by_name', models.CharField(blank=True, max_length=80)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='lending.application')),
            ],
        ),
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.models._loan_reference, editable=False, max_length=20, unique=True)),
                ('principal_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('upfront_fee_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=7)),
                ('apr', models.DecimalField(decimal_places=6, max_digits=9)),
                ('kept_terms', models.JSONField()),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(default=lending.loans.states.LoanStatus['ACTIVE'], max_length=10)),
                ('disbursed_on', models.DateField()),
                ('signed_at', models.DateTimeField()),
                ('disbursement_entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='accounts.enterprise')),
                ('settlement_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.settlementaccount')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Installment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('due_date', models.DateField(verbose_name='due')),
                ('principal_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('interest_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('principal_paid_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('interest_paid_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('balance_after_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='installments', to='lending.loan')),
            ],
        ),
        migrations.CreateModel(
            name='LoanProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField(default=1)),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('summary_en', models.CharField(max_length=240)),
                ('summary_zh_hans', models.CharField(max_length=240)),
                ('currency', models.CharField(default='CNY', max_length=3)),
                ('min_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('max_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('min_term_months', models.PositiveSmallIntegerField()),
                ('max_term_months', models.PositiveSmallIntegerField()),
                ('min_annual_rate', models.DecimalField(decimal_places=6, max_digits=7)),
                ('max_annual_rate', models.DecimalField(decimal_places=6, max_digits=7)),
                ('upfront_fee_rate', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7)),
                ('interest_method', models.CharField(choices=[('equal_installments', 'The same amount each time'), ('equal_principal', 'Falling amounts: equal principal plus interest'), ('interest_only', 'Interest each time, principal at the end')], max_length=40)),
                ('day_count', models.CharField(default='act_365f', max_length=20)),
                ('months_between_installments', models.PositiveSmallIntegerField(default=1)),
                ('principal_grace', models.PositiveSmallIntegerField(default=0)),
                ('principal_months', models.JSONField(blank=True, default=list, help_text='1 to 12; empty: all')),
                ('business_day_rule', models.CharField(default='following', max_length=20)),
                ('country', models.CharField(default='CN', max_length=2)),
                ('requires_clearance', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='product_version_is_unique'), models.UniqueConstraint(condition=models.Q(('is_offered', True)), fields=('code',), name='one_version_of_a_product_is_offered'), models.CheckConstraint(condition=models.Q(('max_amount__gte', models.F('min_amount')), ('min_amount__gt', 0)), name='product_amounts_are_a_range'), models.CheckConstraint(condition=models.Q(('max_annual_rate__gte', models.F('min_annual_rate')), ('min_annual_rate__gte', 0)), name='product_rates_are_a_range'), models.CheckConstraint(condition=models.Q(('max_term_months__gte', models.F('min_term_months')), ('min_term_months__gt', 0)), name='product_terms_are_a_range')],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.loanproduct'),
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.applications.models._offer_reference, editable=False, max_length=20, unique=True)),
                ('approved_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=7)),
                ('term_months', models.PositiveSmallIntegerField()),
                ('kept_terms', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='offer', to='lending.application')),
            ],
        ),
        migrations.AddField(
            model_name='loan',
            name='offer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='loan', to='lending.offer'),
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('name_en', models.CharField(max_length=120)),
                ('name_zh_hans', models.CharField(max_length=120)),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('source', models.TextField(blank=True, verbose_name='where it comes from')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('active', 'Active'), ('retired', 'Retired')], default='draft', max_length=10, verbose_name='status')),
                ('proposed_by', models.CharField(max_length=40, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=40, verbose_name='approved by')),
                ('approved_at', models.DateTimeField(null=True)),
                ('activated_on', models.DateField(null=True)),
                ('retired_on', models.DateField(null=True)),
                ('table', models.JSONField()),
            ],
            options={
                'verbose_name_plural': 'policies',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='policy_version_is_written_once'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='policy_has_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by', ''), ('status', 'draft')), models.Q(models.Q(('status', 'draft'), _negated=True), models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='policy_is_approved_before_use'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), _negated=True), ('activated_on__isnull', False), _connector='OR'), name='policy_use_is_dated'), models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('code',), name='policy_of_a_code_is_active_once')],
            },
        ),
        migrations.CreateModel(
            name='Repayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.models._repayment_reference, editable=False, max_length=20, unique=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('paid_on', models.DateField()),
                ('paid_at', models.DateTimeField()),
                ('by', models.CharField(max_length=40)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry')),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repayments', to='lending.loan')),
            ],
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('principal_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('interest_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('installment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='lending.installment')),
                ('repayment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='lending.repayment')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('recommendation', 'Recommendation'), ('approval', 'Second check')], max_length=20)),
                ('outcome', models.CharField(choices=[('approve', 'Approve'), ('decline', 'Decline'), ('return', 'Return to the officer')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='amount')),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=7, null=True, verbose_name='annual rate')),
                ('note', models.TextField(max_length=2000, verbose_name='why')),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='lending.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('name_en', models.CharField(max_length=120)),
                ('name_zh_hans', models.CharField(max_length=120)),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('source', models.TextField(blank=True, verbose_name='where it comes from')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('active', 'Active'), ('retired', 'Retired')], default='draft', max_length=10, verbose_name='status')),
                ('proposed_by', models.CharField(max_length=40, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=40, verbose_name='approved by')),
                ('approved_at', models.DateTimeField(null=True)),
                ('activated_on', models.DateField(null=True)),
                ('retired_on', models.DateField(null=True)),
                ('table', models.JSONField()),
                ('card', models.JSONField(default=dict)),
                ('sections', models.JSONField(default=list)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='scorecard_version_is_written_once'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='scorecard_has_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by', ''), ('status', 'draft')), models.Q(models.Q(('status', 'draft'), _negated=True), models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='scorecard_is_approved_before_use'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), _negated=True), ('activated_on__isnull', False), _connector='OR'), name='scorecard_use_is_dated'), models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('code',), name='scorecard_of_a_code_is_active_once')],
            },
        ),
        migrations.CreateModel(
            name='StandardEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('name_en', models.CharField(max_length=120)),
                ('name_zh_hans', models.CharField(max_length=120)),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('source', models.TextField(blank=True, verbose_name='where it comes from')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('active', 'Active'), ('retired', 'Retired')], default='draft', max_length=10, verbose_name='status')),
                ('proposed_by', models.CharField(max_length=40, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=40, verbose_name='approved by')),
                ('approved_at', models.DateTimeField(null=True)),
                ('activated_on', models.DateField(null=True)),
                ('retired_on', models.DateField(null=True)),
                ('as_of', models.DateField()),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='standardedition_version_is_written_once'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='standardedition_has_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by', ''), ('status', 'draft')), models.Q(models.Q(('status', 'draft'), _negated=True), models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='standardedition_is_approved_before_use'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), _negated=True), ('activated_on__isnull', False), _connector='OR'), name='standardedition_use_is_dated'), models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('code',), name='standardedition_of_a_code_is_active_once')],
            },
        ),
        migrations.CreateModel(
            name='IndustryStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('industry', models.CharField(max_length=4, verbose_name='industry')),
                ('feature', models.CharField(max_length=60, verbose_name='feature')),
                ('percentiles', models.JSONField()),
                ('n', models.PositiveIntegerField(verbose_name='number of enterprises')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standards', to='lending.standardedition')),
            ],
        ),
        migrations.CreateModel(
            name='CreditDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=10)),
                ('grade', models.CharField(max_length=4)),
                ('points', models.IntegerField()),
                ('probability_of_default', models.DecimalField(decimal_places=6, max_digits=9)),
                ('limit_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('verdict', models.JSONField(help_text='the whole verdict: reasons, what helped, alternatives')),
                ('features', models.JSONField()),
                ('facts', models.JSONField()),
                ('product_terms', models.JSONField(help_text="the product's ranges as they were")),
                ('inputs_fingerprint', models.CharField(max_length=64)),
                ('features_version', models.CharField(max_length=64)),
                ('as_of', models.DateField()),
                ('decided_at', models.DateTimeField()),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='lending.application')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.policy')),
                ('scorecard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.scorecard')),
                ('standards', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.standardedition')),
            ],
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=40, unique=True)),
                ('reserved_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ('drawn_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ('worst_days_past_due', models.PositiveIntegerField(default=0)),
                ('monthly_payment_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ('changed_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exposures', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('drawn_amount__gte', 0), ('monthly_payment_amount__gte', 0), ('reserved_amount__gte', 0)), name='exposure_is_not_negative')],
            },
        ),
        migrations.AddIndex(
            model_name='installment',
            index=models.Index(fields=['due_date'], name='installment_due'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.UniqueConstraint(fields=('loan', 'number'), name='installment_number_is_unique_in_its_loan'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.CheckConstraint(condition=models.Q(('interest_amount__gte', 0), ('principal_amount__gte', 0)), name='installment_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.CheckConstraint(condition=models.Q(('principal_paid_amount__gte', 0), ('principal_paid_amount__lte', models.F('principal_amount'))), name='installment_principal_is_not_overpaid'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.CheckConstraint(condition=models.Q(('interest_paid_amount__gte', 0), ('interest_paid_amount__lte', models.F('interest_amount'))), name='installment_interest_is_not_overpaid'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.CheckConstraint(condition=models.Q(('balance_after_amount__gte', 0)), name='balance_after_is_not_negative'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['branch', 'status', 'submitted_at'], name='application_queue'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('requested_amount__gt', 0)), name='requested_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'referred', 'recommended', 'approved', 'declined', 'accepted', 'withdrawn', 'expired'])), name='application_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', [lending.applications.states.Status['DRAFT'], lending.applications.states.Status['WITHDRAWN']]), ('submitted_at__isnull', False), _connector='OR'), name='application_past_draft_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [lending.applications.states.Status['APPROVED'], lending.applications.states.Status['DRAFT'], lending.applications.states.Status['RECOMMENDED'], lending.applications.states.Status['REFERRED'], lending.applications.states.Status['SUBMITTED']])), fields=('enterprise',), name='enterprise_has_one_open_application'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('approved_amount__gt', 0)), name='approved_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('principal_amount__gt', 0)), name='loan_principal_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'repaid'])), name='loan_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='repayment_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(('interest_amount__gte', 0), ('principal_amount__gte', 0)), name='allocation_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(fields=('repayment', 'installment'), name='repayment_is_allocated_to_an_installment_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['recommendation', 'approval']), ('outcome__in', ['approve', 'decline', 'return'])), name='review_kind_and_outcome_are_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'recommendation'), ('outcome', 'approve'), _negated=True), models.Q(('amount__gt', 0), ('amount__isnull', False), ('annual_rate__isnull', False)), _connector='OR'), name='recommended_approval_names_amount_and_rate'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='review_says_why'),
        ),
        migrations.AddConstraint(
            model_name='industrystandard',
            constraint=models.UniqueConstraint(fields=('edition', 'industry', 'feature'), name='standard_is_set_once_per_trade'),
        ),
        migrations.AddConstraint(
            model_name='creditdecision',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['approved', 'referred', 'declined'])), name='decision_outcome_is_known'),
        ),
    ]
