
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
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
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'industry', 'feature'), name='standard_is_set_once_per_trade')],
            },
        ),
    ]
