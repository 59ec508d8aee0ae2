
import accounts.identity.models
import django.db.models.deletion
import portal.core.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('reference', models.CharField(default=accounts.identity.models._user_reference, editable=False, max_length=20, unique=True)),
                ('full_name', models.CharField(max_length=80, verbose_name='full name')),
                ('phone', portal.core.fields.EncryptedTextField(blank=True, verbose_name='mobile number')),
                ('phone_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('phone_verified', models.BooleanField(default=False)),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10, unique=True, verbose_name='code')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('is_head_office', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_head_office', True)), fields=('is_head_office',), name='there_is_one_head_office')],
            },
        ),
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models._enterprise_reference, editable=False, max_length=20, unique=True)),
                ('legal_name', models.CharField(max_length=120, verbose_name='legal name')),
                ('identifier_kind', models.CharField(choices=[('uscc', 'Unified Social Credit Code'), ('farm_household', 'Farm household number')], max_length=20, verbose_name='identifier')),
                ('identifier', portal.core.fields.EncryptedTextField(verbose_name='identifier')),
                ('identifier_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('setting', models.CharField(choices=[('town', 'Town'), ('village', 'Village')], max_length=10, verbose_name='town or village')),
                ('employees', models.PositiveIntegerField(verbose_name='people who work there')),
                ('annual_revenue_amount', models.DecimalField(decimal_places=2, max_digits=16, verbose_name='revenue in a year')),
                ('founded_on', models.DateField(verbose_name='founded')),
                ('registered_at', models.DateTimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.branch', verbose_name='branch')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40)),
                ('wording_version', models.CharField(max_length=20)),
                ('given_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Industry',
            fields=[
                ('code', models.CharField(max_length=4, primary_key=True, serialize=False, verbose_name='code')),
                ('section', models.CharField(max_length=1)),
                ('name_en', models.CharField(max_length=200)),
                ('name_zh_hans', models.CharField(max_length=200)),
                ('keywords', models.CharField(blank=True, help_text='everyday words, both languages, for the search', max_length=400)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.industry')),
            ],
            options={
                'verbose_name_plural': 'industries',
            },
        ),
        migrations.AddField(
            model_name='enterprise',
            name='industry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.industry', verbose_name='industry'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager')], max_length=10, verbose_name='role')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.enterprise')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SigningCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=60)),
                ('code_hash', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StaffPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('officer', 'Loan officer'), ('underwriter', 'Underwriter'), ('approver', 'Approver'), ('operations', 'Operations'), ('risk_analyst', 'Risk analyst'), ('course_editor', 'Course editor'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.branch')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Clearance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('source', models.CharField(max_length=60)),
                ('granted_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'code'), name='clearance_is_granted_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('annual_revenue_amount__gte', 0)), name='enterprise_revenue_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('employees__gte', 1)), name='enterprise_has_someone_working'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('enterprise', 'user'), name='membership_is_held_once'),
        ),
        migrations.AddConstraint(
            model_name='staffpost',
            constraint=models.UniqueConstraint(fields=('user', 'branch', 'role'), name='post_is_held_once'),
        ),
    ]
