"""What was checked, told and ruled is never rewritten; of it only this moves on: a party ends, a hit is ruled on."""

import accounts.identity.models.diligence
import accounts.identity.models.watchlists
import django.db.models.deletion
import portal.core.fields
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

APPEND_ONLY = ["accounts_identitycheck", "accounts_watchlistentry", "accounts_hitruling"]
# What may still change of a row that stands for ever.
CHANGING = {
    "accounts_beneficialowner": ["until", "ended_by_id"],
    "accounts_relatedparty": ["until", "ended_by_id"],
    "accounts_watchlist": ["screened_at"],
    "accounts_watchlisthit": ["status"],
}


def keeping_all_but(table: str, *columns: str) -> migrations.RunSQL:
    """Refuse DELETE on a table, and UPDATE of every column but these."""
    but = " - ".join(["", *(f"'{column}'" for column in columns)])
    return migrations.RunSQL(
        f"""CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW){but} = to_jsonb(OLD){but} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '% is never rewritten', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_stands();""",
        f"DROP TRIGGER {table}_stands ON {table}; DROP FUNCTION {table}_stands();",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_cashflow_guards'),
        ('core', '0002_core_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lists_digest', models.CharField(max_length=64)),
                ('subjects_digest', models.CharField(max_length=64)),
                ('screened_at', models.DateTimeField()),
                ('enterprise', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='screening', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Watchlist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models.watchlists._watchlist_reference, editable=False, max_length=20, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField()),
                ('as_of', models.DateField()),
                ('sha256', models.CharField(max_length=64)),
                ('entry_count', models.PositiveIntegerField()),
                ('loaded_at', models.DateTimeField()),
                ('loaded_by', models.CharField(max_length=40)),
                ('screened_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='watchlist_version_is_loaded_once'), models.CheckConstraint(condition=models.Q(('entry_count__gt', 0)), name='watchlist_has_entries')],
            },
        ),
        migrations.CreateModel(
            name='WatchlistEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('sanctions', 'Sanctions'), ('pep', 'Politically exposed')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('aliases', models.JSONField(default=list)),
                ('birth_year', models.PositiveSmallIntegerField(null=True)),
                ('country', models.CharField(blank=True, max_length=60)),
                ('forms', models.JSONField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('watchlist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='accounts.watchlist')),
            ],
            options={
                'verbose_name_plural': 'watchlist entries',
            },
        ),
        migrations.CreateModel(
            name='WatchlistHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models.watchlists._hit_reference, editable=False, max_length=20, unique=True)),
                ('entry_fingerprint', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('sanctions', 'Sanctions'), ('pep', 'Politically exposed')], max_length=10)),
                ('subject_kind', models.CharField(choices=[('enterprise', 'The enterprise'), ('member', 'Acts for it'), ('beneficial_owner', 'Beneficial owner'), ('related_party', 'Related party')], max_length=20)),
                ('subject_name', models.CharField(max_length=120)),
                ('subject_birth_year', models.PositiveSmallIntegerField(null=True)),
                ('subject_key', models.CharField(max_length=64)),
                ('score', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('open', 'Waits for a ruling'), ('cleared', 'Cleared'), ('confirmed', 'Confirmed')], default='open', max_length=10)),
                ('found_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watchlist_hits', to='accounts.enterprise')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='accounts.watchlistentry')),
            ],
        ),
        migrations.CreateModel(
            name='HitRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('open', 'Waits for a ruling'), ('cleared', 'Cleared'), ('confirmed', 'Confirmed')], max_length=10)),
                ('reason', models.TextField(max_length=2000, verbose_name='why')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='accounts.watchlisthit')),
            ],
        ),
        migrations.CreateModel(
            name='BeneficialOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('identifier', portal.core.fields.EncryptedTextField(blank=True, verbose_name='identity number or credit code')),
                ('identifier_hash', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('birth_year', models.PositiveSmallIntegerField(null=True, verbose_name='year of birth')),
                ('share', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='share')),
                ('source', models.CharField(max_length=200, verbose_name='where this is known from')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(null=True, verbose_name='until')),
                ('recorded_at', models.DateTimeField()),
                ('control', models.CharField(choices=[('shares', 'Owns shares of it'), ('family', 'Runs the household'), ('otherwise', 'Decides in another way')], max_length=20, verbose_name='how')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='beneficial_owners', to='accounts.enterprise')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('share__gt', 0), ('share__lte', 1)), _connector='OR'), name='beneficialowner_share_is_a_fraction'), models.CheckConstraint(condition=models.Q(models.Q(('ended_by__isnull', True), ('until__isnull', True)), models.Q(('ended_by__isnull', False), ('until__gte', models.F('since')), ('until__isnull', False)), _connector='OR'), name='beneficialowner_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='beneficialowner_names_its_source')],
            },
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models.diligence._check_reference, editable=False, max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('identity_document', 'Identity document'), ('business_license', 'Business license'), ('household_certificate', 'Farm household certificate'), ('visit', 'Visit')], max_length=30, verbose_name='what was checked')),
                ('result', models.CharField(choices=[('passed', 'Passed'), ('failed', 'Failed')], max_length=10, verbose_name='result')),
                ('evidence', models.CharField(blank=True, max_length=200, verbose_name='what was seen')),
                ('expires_on', models.DateField(null=True, verbose_name='good until')),
                ('checked_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identity_checks', to='accounts.enterprise')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='core.storedfile')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identity_checks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('enterprise__isnull', True), ('kind', 'identity_document'), ('person__isnull', False)), models.Q(('enterprise__isnull', False), ('person__isnull', True), ('kind__in', ['business_license', 'household_certificate', 'visit'])), _connector='OR'), name='identity_check_fits_whom_it_is_of'), models.CheckConstraint(condition=models.Q(models.Q(('evidence', ''), _negated=True), ('file__isnull', False), _connector='OR'), name='identity_check_names_its_evidence'), models.CheckConstraint(condition=models.Q(('result', 'failed'), models.Q(('expires_on__isnull', False), ('result', 'passed')), _connector='OR'), name='passed_identity_check_expires')],
            },
        ),
        migrations.CreateModel(
            name='RelatedParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('identifier', portal.core.fields.EncryptedTextField(blank=True, verbose_name='identity number or credit code')),
                ('identifier_hash', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('birth_year', models.PositiveSmallIntegerField(null=True, verbose_name='year of birth')),
                ('share', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='share')),
                ('source', models.CharField(max_length=200, verbose_name='where this is known from')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(null=True, verbose_name='until')),
                ('recorded_at', models.DateTimeField()),
                ('party_kind', models.CharField(choices=[('person', 'Person'), ('enterprise', 'Enterprise')], max_length=10, verbose_name='person or enterprise')),
                ('relation', models.CharField(choices=[('parent', 'Owns or controls it'), ('subsidiary', 'Is owned or controlled by it'), ('sister', 'Has the same owner'), ('family', 'Close family of an owner'), ('guarantor', 'Guarantees its loans'), ('partner', 'Important customer or supplier')], max_length=20, verbose_name='relation')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='related_parties', to='accounts.enterprise')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'related parties',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('share__gt', 0), ('share__lte', 1)), _connector='OR'), name='relatedparty_share_is_a_fraction'), models.CheckConstraint(condition=models.Q(models.Q(('ended_by__isnull', True), ('until__isnull', True)), models.Q(('ended_by__isnull', False), ('until__gte', models.F('since')), ('until__isnull', False)), _connector='OR'), name='relatedparty_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='relatedparty_names_its_source')],
            },
        ),
        migrations.AddConstraint(
            model_name='watchlistentry',
            constraint=models.UniqueConstraint(fields=('watchlist', 'reference'), name='watchlist_names_an_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='watchlistentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['sanctions', 'pep'])), name='watchlist_entry_kind_is_known'),
        ),
        migrations.AddIndex(
            model_name='watchlisthit',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['found_at'], name='watchlist_hits_open'),
        ),
        migrations.AddConstraint(
            model_name='watchlisthit',
            constraint=models.UniqueConstraint(fields=('enterprise', 'subject_key', 'entry_fingerprint'), name='watchlist_hit_is_found_once'),
        ),
        migrations.AddConstraint(
            model_name='watchlisthit',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'cleared', 'confirmed'])), name='hit_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='watchlisthit',
            constraint=models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='hit_score_is_at_most_a_hundred'),
        ),
        migrations.AddConstraint(
            model_name='hitruling',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['cleared', 'confirmed'])), name='ruling_decides_a_hit'),
        ),
        migrations.AddConstraint(
            model_name='hitruling',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ruling_says_why'),
        ),
        *(guards.append_only(table) for table in APPEND_ONLY),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in APPEND_ONLY),
        *(keeping_all_but(table, *columns) for table, columns in CHANGING.items()),
    ]
