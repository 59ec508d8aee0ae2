
import accounts.cashflow.models
import accounts.identity.models
import accounts.ledger.models
import accounts.settlement.models.accounts
import accounts.settlement.models.cash
import accounts.settlement.models.payments
import accounts.settlement.numbers
import django.db.models.deletion
import django.db.models.expressions
import portal.core.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
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
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AccountingPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_date', models.DateField(unique=True, verbose_name='closed up to')),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('closed_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.ledger.models.entry_reference, editable=False, max_length=20, verbose_name='reference')),
                ('key', models.CharField(max_length=100)),
                ('fingerprint', models.CharField(max_length=64)),
                ('event', models.CharField(max_length=60, verbose_name='event')),
                ('subject', models.CharField(max_length=60, verbose_name='subject')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('effective_date', models.DateField(verbose_name='effective')),
                ('posted_at', models.DateTimeField(verbose_name='posted')),
                ('by', models.CharField(max_length=40, verbose_name='by')),
                ('line_count', models.PositiveSmallIntegerField()),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='accounts.journalentry')),
            ],
            options={
                'verbose_name_plural': 'journal entries',
            },
        ),
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('purpose', models.CharField(blank=True, help_text="by which programs find it; empty for customers'", max_length=40)),
                ('name_en', models.CharField(max_length=120)),
                ('name_zh_hans', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('equity', 'Equity'), ('income', 'Income'), ('expense', 'Expense')], max_length=10, verbose_name='kind')),
                ('normal_side', models.CharField(choices=[('debit', 'Debit'), ('credit', 'Credit')], max_length=6, verbose_name='normal side')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('is_customer', models.BooleanField(default=False)),
                ('is_summary', models.BooleanField(default=False, help_text='sums the accounts below it and takes no postings')),
                ('opened_at', models.DateTimeField()),
                ('summary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='summed', to='accounts.ledgeraccount')),
            ],
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
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models._invitation_reference, editable=False, max_length=20, unique=True)),
                ('phone', portal.core.fields.EncryptedTextField(verbose_name='mobile number')),
                ('phone_hash', models.CharField(db_index=True, max_length=64)),
                ('invited_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='accounts.enterprise')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('sale', 'Sales'), ('purchase', 'Purchases')], max_length=10, verbose_name='direction')),
                ('number', models.CharField(max_length=64, verbose_name='number')),
                ('issued_on', models.DateField(verbose_name='issued')),
                ('counterparty_name', models.CharField(blank=True, max_length=140, verbose_name='with whom')),
                ('counterparty_key', models.CharField(blank=True, max_length=140)),
                ('net_amount', models.DecimalField(decimal_places=3, max_digits=18, verbose_name='net')),
                ('tax_amount', models.DecimalField(decimal_places=3, max_digits=18, verbose_name='tax')),
                ('gross_amount', models.DecimalField(decimal_places=3, max_digits=18, verbose_name='total')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('is_valid', models.BooleanField(default=True, verbose_name='valid')),
                ('is_credit_note', models.BooleanField(default=False, verbose_name='credit note')),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=40)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='accounts.enterprise')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='LedgerBalance',
            fields=[
                ('ledger_account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='kept_balance', serialize=False, to='accounts.ledgeraccount')),
                ('amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19, verbose_name='balance')),
                ('held_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19, verbose_name='held')),
                ('overdraft_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), help_text="how far below zero the account's terms let it go", max_digits=19)),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.ledger.models._hold_reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('key', models.CharField(max_length=100, unique=True)),
                ('fingerprint', models.CharField(max_length=64)),
                ('event', models.CharField(max_length=60, verbose_name='event')),
                ('subject', models.CharField(max_length=60, verbose_name='subject')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('captured', 'Captured'), ('voided', 'Voided'), ('expired', 'Expired')], default='pending', max_length=10, verbose_name='status')),
                ('placed_at', models.DateTimeField(verbose_name='placed')),
                ('placed_by', models.CharField(max_length=40)),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('captured_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='captured', to='accounts.journalentry')),
                ('ledger_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='accounts.ledgeraccount')),
            ],
        ),
        migrations.CreateModel(
            name='BalanceSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('last_posting', models.BigIntegerField()),
                ('debit_amount', models.DecimalField(decimal_places=3, max_digits=22)),
                ('credit_amount', models.DecimalField(decimal_places=3, max_digits=22)),
                ('taken_at', models.DateTimeField()),
                ('ledger_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='accounts.ledgeraccount')),
            ],
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
            name='Payee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.payments._payee_reference, editable=False, max_length=20, unique=True)),
                ('name', models.CharField(max_length=70, verbose_name='name')),
                ('number', models.CharField(max_length=34, verbose_name='account number')),
                ('bank_code', models.CharField(blank=True, help_text='BIC; empty is this bank', max_length=11, verbose_name='bank code')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=40)),
                ('usable_at', models.DateTimeField(verbose_name='can be paid from')),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed_by', models.CharField(blank=True, max_length=40)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payees', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='PaymentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.payments._file_reference, editable=False, max_length=20, unique=True)),
                ('version', models.PositiveSmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('payment_count', models.PositiveIntegerField()),
                ('total_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.CharField(max_length=40)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='PaymentRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('daily_limit_amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='daily limit')),
                ('second_person_amount', models.DecimalField(decimal_places=3, help_text='none: one person is enough', max_digits=19, null=True, verbose_name='second person from')),
                ('set_at', models.DateTimeField()),
                ('set_by', models.CharField(max_length=40)),
                ('effective_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_rules', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('debit', 'Debit'), ('credit', 'Credit')], max_length=6, verbose_name='side')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('effective_date', models.DateField(help_text="the entry's, repeated so that an account's history is one index")),
                ('line_number', models.PositiveSmallIntegerField(help_text="its place in the entry, from one to the entry's count")),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='accounts.journalentry')),
                ('ledger_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='accounts.ledgeraccount', verbose_name='account')),
            ],
        ),
        migrations.CreateModel(
            name='SealedBlock',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('entry_count', models.PositiveIntegerField()),
                ('first_entry', models.BigIntegerField(help_text='the lowest id in it')),
                ('digest', models.CharField(max_length=64)),
                ('sealed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('entry_count__gte', 1)), name='block_seals_an_entry_at_least')],
            },
        ),
        migrations.CreateModel(
            name='SettlementAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.accounts._reference, editable=False, max_length=20, unique=True)),
                ('number', models.CharField(default=accounts.settlement.numbers.new_number, max_length=16, unique=True, verbose_name='account number')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('status', models.CharField(choices=[('open', 'Open'), ('frozen', 'Frozen'), ('closed', 'Closed')], default='open', max_length=10, verbose_name='status')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('opened_by', models.CharField(max_length=40)),
                ('closed_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlement_accounts', to='accounts.enterprise')),
                ('ledger_account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement_account', to='accounts.ledgeraccount')),
            ],
        ),
        migrations.CreateModel(
            name='PaymentInstruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.payments._instruction_reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('declined', 'Not confirmed'), ('pending', 'Will be sent'), ('sent', 'Sent to the other bank'), ('settled', 'Paid'), ('returned', 'Came back'), ('voided', 'Canceled')], max_length=10, verbose_name='status')),
                ('effective_date', models.DateField(verbose_name='date')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
                ('sent_at', models.DateTimeField(null=True)),
                ('settled_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(help_text='when it was declined, voided or returned', null=True)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment_instruction', to='accounts.journalentry')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='accounts.paymentfile')),
                ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='accounts.payee')),
                ('settlement_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='accounts.settlementaccount')),
            ],
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=60)),
                ('registered_at', models.DateTimeField()),
                ('registered_by', models.CharField(max_length=40)),
                ('ended_at', models.DateTimeField(null=True)),
                ('settlement_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='accounts.settlementaccount')),
            ],
        ),
        migrations.CreateModel(
            name='CashMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.cash._reference, editable=False, max_length=20, unique=True, verbose_name='reference')),
                ('way', models.CharField(choices=[('in', 'Paid in'), ('out', 'Paid out')], max_length=3, verbose_name='in or out')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('status', models.CharField(choices=[('waiting', 'Waits for a second person'), ('booked', 'Booked'), ('declined', 'Not confirmed')], max_length=10, verbose_name='status')),
                ('effective_date', models.DateField(verbose_name='date')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('branch', models.ForeignKey(help_text='whose drawer it is', on_delete=django.db.models.deletion.PROTECT, to='accounts.branch')),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cash_movement', to='accounts.journalentry')),
                ('settlement_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_movements', to='accounts.settlementaccount')),
            ],
        ),
        migrations.CreateModel(
            name='SigningCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=60)),
                ('code_hash', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StaffPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('officer', 'Loan officer'), ('underwriter', 'Underwriter'), ('approver', 'Approver'), ('operations', 'Operations'), ('risk_analyst', 'Risk analyst'), ('course_editor', 'Course editor'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
                ('approval_limit_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='approval limit')),
                ('ended_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.branch', verbose_name='branch')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StatementImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.cashflow.models._reference, editable=False, max_length=20, unique=True)),
                ('part', models.PositiveSmallIntegerField(default=1)),
                ('format', models.CharField(blank=True, max_length=10, verbose_name='format')),
                ('status', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('refused', 'Not accepted'), ('withdrawn', 'Withdrawn')], default='reading', max_length=10, verbose_name='status')),
                ('refusal_code', models.CharField(blank=True, max_length=60)),
                ('refusal_params', models.JSONField(default=dict)),
                ('holder_name', models.CharField(blank=True, max_length=140, verbose_name='holder')),
                ('is_foreign_holder', models.BooleanField(default=False, help_text="in another name than the enterprise's or its people's")),
                ('account_masked', models.CharField(blank=True, max_length=20, verbose_name='account')),
                ('account_key', models.CharField(blank=True, help_text="keyed hash of the account's number", max_length=64)),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('period_first', models.DateField(null=True, verbose_name='first day')),
                ('period_last', models.DateField(null=True, verbose_name='last day')),
                ('opening_balance', models.DecimalField(decimal_places=3, max_digits=18, null=True, verbose_name='opening balance')),
                ('closing_balance', models.DecimalField(decimal_places=3, max_digits=18, null=True, verbose_name='closing balance')),
                ('line_count', models.PositiveIntegerField(default=0, verbose_name='lines')),
                ('known_count', models.PositiveIntegerField(default=0, help_text='lines that another file had brought before')),
                ('contradiction_count', models.PositiveIntegerField(default=0, help_text='days on which another file tells otherwise')),
                ('break_count', models.PositiveIntegerField(default=0, help_text='places where its balances do not follow its lines')),
                ('balance_breaks', models.JSONField(default=list, help_text='the first of them: place, expected and stated balance')),
                ('uploaded_at', models.DateTimeField(verbose_name='received')),
                ('uploaded_by', models.CharField(max_length=40)),
                ('read_at', models.DateTimeField(null=True)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='accounts.enterprise')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='BankTransaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_number', models.PositiveIntegerField()),
                ('booked_on', models.DateField(verbose_name='date')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=18, verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('balance_after', models.DecimalField(decimal_places=3, max_digits=18, null=True, verbose_name='balance')),
                ('counterparty_name', models.CharField(blank=True, max_length=140, verbose_name='with whom')),
                ('counterparty_key', models.CharField(blank=True, max_length=140)),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('bank_reference', models.CharField(blank=True, max_length=64)),
                ('category', models.CharField(choices=[('customer_receipt', 'From customers'), ('supplier_payment', 'To suppliers'), ('salary', 'Wages'), ('rent', 'Rent'), ('tax', 'Taxes and social insurance'), ('loan_proceeds', 'Loan paid out'), ('loan_repayment', 'Loan paid back'), ('own_transfer', 'Between own accounts'), ('cash_in', 'Cash paid in'), ('cash_out', 'Cash taken out'), ('merchant_settlement', 'Card and wallet sales'), ('fee', 'Fees'), ('interest', 'Interest'), ('unknown', 'Not known')], max_length=20, verbose_name='what for')),
                ('is_counted', models.BooleanField(help_text="in the bank's currency and the enterprise's name; others are only shown")),
                ('fingerprint', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='accounts.statementimport')),
            ],
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.accounts._transfer_reference, max_length=20, unique=True, verbose_name='reference')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='text')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('destination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_in', to='accounts.settlementaccount')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='accounts.journalentry')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_out', to='accounts.settlementaccount')),
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
        migrations.CreateModel(
            name='EntrySeal',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='seal', serialize=False, to='accounts.journalentry')),
                ('place', models.PositiveIntegerField()),
                ('reference', models.CharField(help_text="the entry's, to name it by should it disappear", max_length=20)),
                ('digest', models.CharField(max_length=64)),
                ('block', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='accounts.sealedblock')),
            ],
        ),
        migrations.AddIndex(
            model_name='journalentry',
            index=models.Index(fields=['subject'], name='entry_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.UniqueConstraint(fields=('reference',), name='entry_has_its_reference_alone'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.UniqueConstraint(fields=('key',), name='entry_has_its_key_alone'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('line_count__gte', 2)), name='entry_has_two_postings_at_least'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='entry_key_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('event', ''), _negated=True), name='entry_names_its_event'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('reverses', models.F('id')), _negated=True), name='entry_does_not_reverse_itself'),
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
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('enterprise', 'phone_hash'), name='invitation_is_open_once'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['enterprise', 'issued_on'], name='invoice_by_day'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('enterprise', 'direction', 'number', 'issued_on', 'counterparty_key'), name='invoice_is_current_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['sale', 'purchase'])), name='invoice_direction_is_known'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross_amount', django.db.models.expressions.CombinedExpression(models.F('net_amount'), '+', models.F('tax_amount')))), name='invoice_net_and_tax_make_its_total'),
        ),
        migrations.AddConstraint(
            model_name='ledgerbalance',
            constraint=models.CheckConstraint(condition=models.Q(('overdraft_amount__gte', 0)), name='balance_overdraft_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='ledgerbalance',
            constraint=models.CheckConstraint(condition=models.Q(('held_amount__gte', 0)), name='balance_held_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='ledgerbalance',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', django.db.models.expressions.CombinedExpression(models.F('held_amount'), '-', models.F('overdraft_amount')))), name='balance_keeps_within_its_overdraft'),
        ),
        migrations.AddConstraint(
            model_name='ledgeraccount',
            constraint=models.UniqueConstraint(condition=models.Q(('purpose', ''), _negated=True), fields=('purpose', 'currency'), name='ledger_account_has_its_purpose_alone'),
        ),
        migrations.AddConstraint(
            model_name='ledgeraccount',
            constraint=models.CheckConstraint(condition=models.Q(('is_customer', False), models.Q(('is_summary', False), ('summary__isnull', False)), _connector='OR'), name='customers_ledger_account_stands_under_a_summary'),
        ),
        migrations.AddConstraint(
            model_name='ledgeraccount',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='ledger_account_currency_is_iso'),
        ),
        migrations.AddConstraint(
            model_name='ledgeraccount',
            constraint=models.CheckConstraint(condition=models.Q(('normal_side__in', ['debit', 'credit'])), name='ledger_account_side_is_debit_or_credit'),
        ),
        migrations.AddConstraint(
            model_name='ledgeraccount',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'equity', 'income', 'expense'])), name='ledger_account_kind_is_known'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['expires_at'], name='hold_pending_by_expiry'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='hold_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='hold_key_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('placed_at'))), name='hold_expires_after_placing'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'captured', 'voided', 'expired'])), name='hold_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='hold_ends_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('captured_entry__isnull', False), ('status', 'captured')), models.Q(models.Q(('status', 'captured'), _negated=True), ('captured_entry', None)), _connector='OR'), name='hold_is_captured_by_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='balancesnapshot',
            constraint=models.UniqueConstraint(fields=('ledger_account', 'as_of'), name='snapshot_is_taken_once_a_date'),
        ),
        migrations.AddConstraint(
            model_name='balancesnapshot',
            constraint=models.CheckConstraint(condition=models.Q(('credit_amount__gte', 0), ('debit_amount__gte', 0)), name='snapshot_sums_are_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('enterprise', 'user'), name='membership_is_held_once'),
        ),
        migrations.AddConstraint(
            model_name='payee',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('enterprise', 'number', 'bank_code'), name='payee_stands_once_for_an_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='payee',
            constraint=models.CheckConstraint(condition=models.Q(('number__regex', '^[A-Z0-9]{4,34}$')), name='payee_number_is_letters_and_digits'),
        ),
        migrations.AddConstraint(
            model_name='payee',
            constraint=models.CheckConstraint(condition=models.Q(('usable_at__gte', models.F('added_at'))), name='payee_cools_off_first'),
        ),
        migrations.AddConstraint(
            model_name='paymentrules',
            constraint=models.CheckConstraint(condition=models.Q(('daily_limit_amount__gte', 0)), name='daily_limit_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='paymentrules',
            constraint=models.CheckConstraint(condition=models.Q(('second_person_amount', None), ('second_person_amount__gte', 0), _connector='OR'), name='second_person_amount_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='paymentrules',
            constraint=models.CheckConstraint(condition=models.Q(('effective_at__gte', models.F('set_at'))), name='payment_rules_begin_when_set_or_later'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['ledger_account', 'effective_date', 'id'], name='posting_by_date'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['ledger_account', 'id'], name='posting_by_arrival'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.UniqueConstraint(fields=('entry', 'line_number'), name='posting_has_its_place_alone'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('line_number__gte', 1)), name='posting_places_count_from_one'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='posting_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['debit', 'credit'])), name='posting_stands_on_debit_or_credit'),
        ),
        migrations.AddConstraint(
            model_name='settlementaccount',
            constraint=models.CheckConstraint(condition=models.Q(('number__regex', '^\\d{16}$')), name='account_number_has_sixteen_digits'),
        ),
        migrations.AddConstraint(
            model_name='settlementaccount',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'frozen', 'closed'])), name='settlement_account_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='settlementaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='settlement_account_closes_at_a_moment'),
        ),
        migrations.AddIndex(
            model_name='paymentinstruction',
            index=models.Index(condition=models.Q(('status__in', ['waiting', 'pending', 'sent'])), fields=['status', 'id'], name='instruction_open_by_status'),
        ),
        migrations.AddConstraint(
            model_name='paymentinstruction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='instruction_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='paymentinstruction',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'declined', 'pending', 'sent', 'settled', 'returned', 'voided'])), name='instruction_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='paymentinstruction',
            constraint=models.CheckConstraint(condition=models.Q(('made_by', models.F('checked_by')), _negated=True), name='instruction_is_checked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='paymentinstruction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status__in', ('pending', 'sent', 'settled'))), ('status__in', ['voided', 'returned']), models.Q(('status__in', ['waiting', 'declined']), ('entry', None)), _connector='OR'), name='instruction_on_its_way_is_booked'),
        ),
        migrations.AddConstraint(
            model_name='paymentinstruction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('file__isnull', False), _connector='OR'), name='instruction_is_sent_in_a_file'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('purpose', 'subject'), name='mandate_stands_once_for_a_subject'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='cash_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['in', 'out'])), name='cash_goes_in_or_out'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('made_by', models.F('checked_by')), _negated=True), name='cash_is_checked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('status', 'booked')), models.Q(('status__in', ['waiting', 'declined']), ('entry', None)), _connector='OR'), name='cash_is_booked_with_its_entry'),
        ),
        migrations.AddConstraint(
            model_name='staffpost',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'branch', 'role'), name='post_is_held_once'),
        ),
        migrations.AddIndex(
            model_name='statementimport',
            index=models.Index(fields=['enterprise', '-uploaded_at'], name='statement_newest'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.UniqueConstraint(fields=('file', 'part'), name='statement_part_is_imported_once'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['reading', 'read', 'refused', 'withdrawn'])), name='statement_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), models.Q(('refusal_code', ''), _negated=True)), models.Q(('status', 'refused'), _negated=True), _connector='OR'), name='refused_statement_says_why'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('superseded_at__isnull', False)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('superseded_at', None)), _connector='OR'), name='statement_is_withdrawn_at_a_moment'),
        ),
        migrations.AddIndex(
            model_name='banktransaction',
            index=models.Index(fields=['enterprise', 'booked_on'], name='transaction_by_day'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.UniqueConstraint(fields=('statement', 'line_number'), name='statement_line_is_recorded_once'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['customer_receipt', 'supplier_payment', 'salary', 'rent', 'tax', 'loan_proceeds', 'loan_repayment', 'own_transfer', 'cash_in', 'cash_out', 'merchant_settlement', 'fee', 'interest', 'unknown'])), name='transaction_category_is_known'),
        ),
        migrations.AddConstraint(
            model_name='banktransaction',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at', None), ('superseded_at__gte', models.F('recorded_at')), _connector='OR'), name='transaction_is_superseded_after_it_was_recorded'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='transfer_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('destination')), _negated=True), name='transfer_goes_to_another_account'),
        ),
        migrations.AddConstraint(
            model_name='entryseal',
            constraint=models.UniqueConstraint(fields=('block', 'place'), name='seal_has_its_place_alone'),
        ),
    ]
