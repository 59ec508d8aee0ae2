"""Who fetched cash and how they were known; how the number on an identity document ends."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0026_suspense_entries'),
    ]

    operations = [
        migrations.AddField(
            model_name='cashmovement',
            name='document_ending',
            field=models.CharField(blank=True, help_text='of the number on the document', max_length=4),
        ),
        migrations.AddField(
            model_name='cashmovement',
            name='fetched_by',
            field=models.ForeignKey(help_text='the owner who was handed the cash', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cashmovement',
            name='known_by',
            field=models.CharField(blank=True, choices=[('code', 'Code sent to their phone'), ('identity_card', 'Resident identity card'), ('temporary_card', 'Temporary identity card'), ('passport', 'Passport')], max_length=20, verbose_name='known by'),
        ),
        migrations.AddField(
            model_name='identitycheck',
            name='number_ending',
            field=models.CharField(blank=True, help_text='by which its bearer is known again', max_length=4, verbose_name="end of the document's number"),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document_ending', ''), ('fetched_by', None), ('known_by', '')), models.Q(('document_ending', ''), ('fetched_by__isnull', False), ('known_by', 'code'), ('way', 'out')), models.Q(('fetched_by__isnull', False), ('way', 'out'), ('known_by__in', ['identity_card', 'temporary_card', 'passport']), models.Q(('document_ending', ''), _negated=True)), _connector='OR'), name='who_fetches_cash_is_known'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('known_by__in', ['', 'code']), ('entry', None), models.Q(('checked_by', ''), _negated=True), _connector='OR'), name='document_is_seen_by_two'),
        ),
    ]
