"""Papers on file, files on their way to being watchlists, and where a branch is found."""

from importlib import import_module

import accounts.identity.models.papers
import accounts.identity.models.watchlists
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
# What may still change of a row that stands for ever.
CHANGING = {
    "accounts_paper": ["seen_at", "seen_by_id"],
    "accounts_watchlistupload": [
        "status", "entry_count", "new_count", "gone_count", "problem", "problem_params", "decided_by_id", "decided_at",
        "watchlist_id",
    ],
}  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_services'),
        ('core', '0003_webhooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='branch',
            name='address_en',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='branch',
            name='address_zh_hans',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='branch',
            name='hours_en',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='branch',
            name='hours_zh_hans',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='branch',
            name='phone',
            field=models.CharField(blank=True, max_length=30, verbose_name='telephone'),
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models.papers._paper_reference, editable=False, max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('business_license', 'Business license'), ('household_certificate', 'Farm household certificate'), ('identity_document', 'Identity document'), ('premises', 'Photo of the premises or fields'), ('contract', 'Order, lease or contract'), ('other', 'Something else')], max_length=30, verbose_name='what it shows')),
                ('came_with', models.CharField(blank=True, max_length=40)),
                ('added_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='accounts.enterprise')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='core.storedfile')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to=settings.AUTH_USER_MODEL)),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['added_at'], name='papers_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['business_license', 'household_certificate', 'identity_document', 'premises', 'contract', 'other'])), name='paper_kind_is_known'), models.CheckConstraint(condition=models.Q(('person__isnull', True), ('kind', 'identity_document'), _connector='OR'), name='only_an_identity_document_is_a_persons'), models.CheckConstraint(condition=models.Q(('seen_by__isnull', True), ('seen_at__isnull', False), _connector='OR'), name='paper_that_was_seen_was_seen_at')],
            },
        ),
        migrations.CreateModel(
            name='WatchlistUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.identity.models.watchlists._upload_reference, editable=False, max_length=20, unique=True)),
                ('name', models.CharField(max_length=40, verbose_name='list')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('status', models.CharField(choices=[('reading', 'Is being read'), ('waiting', 'Waits for a second person'), ('loading', 'Is being loaded'), ('loaded', 'Loaded'), ('refused', 'Cannot be used'), ('discarded', 'Discarded')], default='reading', max_length=10)),
                ('uploaded_at', models.DateTimeField()),
                ('entry_count', models.PositiveIntegerField(null=True)),
                ('new_count', models.PositiveIntegerField(null=True)),
                ('gone_count', models.PositiveIntegerField(null=True)),
                ('problem', models.CharField(blank=True, max_length=40)),
                ('problem_params', models.JSONField(default=dict)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.storedfile')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('watchlist', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.watchlist')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['reading', 'waiting', 'loading', 'loaded', 'refused', 'discarded'])), name='upload_status_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='refused_watchlist_file_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['loading', 'loaded']), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('uploaded_by')), _negated=True)), _connector='OR'), name='watchlist_file_is_loaded_by_four_eyes'), models.UniqueConstraint(condition=models.Q(('status__in', ['loading', 'reading', 'waiting'])), fields=('name',), name='watchlist_has_one_file_on_its_way')],
            },
        ),
        *(keeping_all_but(table, *columns) for table, columns in CHANGING.items()),
    ]
