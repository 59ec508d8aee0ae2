
import django.db.models.deletion
import portal.core.fields
import portal.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('by', models.CharField(max_length=40, verbose_name='by')),
                ('verb', models.CharField(max_length=80, verbose_name='what')),
                ('subject', models.CharField(db_index=True, max_length=60, verbose_name='of what')),
                ('details', models.JSONField(default=dict, verbose_name='details')),
            ],
        ),
        migrations.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=100)),
                ('fingerprint', models.CharField(max_length=64)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='idempotency_key_is_unique_in_its_scope')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('reference', models.CharField(max_length=60)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='the sweeper sends it again from then on')),
                ('done_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='job_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('name', 'reference'), name='job_is_asked_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('code', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('sms', 'Text message'), ('mail', 'E-mail')], max_length=4)),
                ('address', portal.core.fields.EncryptedTextField()),
                ('language', models.CharField(max_length=10)),
                ('params', portal.core.fields.EncryptedTextField(help_text='JSON; it may carry one-time codes')),
                ('asked_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-asked_at'], name='notice_newest')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opaque_name', models.CharField(default='', editable=False, max_length=32, unique=True)),
                ('original_name', models.CharField(max_length=150, verbose_name='name')),
                ('media_type', models.CharField(max_length=80, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('stored_at', models.DateTimeField(verbose_name='stored')),
                ('stored_by', models.CharField(max_length=40)),
                ('content', models.FileField(max_length=60, upload_to=portal.core.models._opaque_name)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='stored_file_is_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='core.auditevent')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='audit_seals_count_from_one')],
            },
        ),
    ]
