"""Proposals of waivers and write-offs lapse as those of reschedulings do: two weeks after they were made."""

from django.conf import settings
from django.db import migrations, models

TABLES = ("lending_waiver", "lending_writeoff")
# Gives every proposal the days it would have had; what was decided changes in nothing else.
FILLED = f"""
    ALTER TABLE {{table}} DISABLE TRIGGER USER;
    UPDATE {{table}} SET expires_on = (proposed_at AT TIME ZONE '{settings.TIME_ZONE}')::date + 14;
    ALTER TABLE {{table}} ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0019_lapsed_reschedulings'),
    ]

    operations = [
        migrations.AddField('waiver', 'expires_on', models.DateField(null=True)),
        migrations.AddField('writeoff', 'expires_on', models.DateField(null=True)),
        *(migrations.RunSQL(FILLED.format(table=table), migrations.RunSQL.noop) for table in TABLES),
        migrations.AlterField('waiver', 'expires_on', models.DateField()),
        migrations.AlterField('writeoff', 'expires_on', models.DateField()),
        migrations.RemoveConstraint('waiver', 'waiver_status_is_known'),
        migrations.RemoveConstraint('waiver', 'waiver_is_decided_by_somebody'),
        migrations.RemoveConstraint('writeoff', 'write_off_status_is_known'),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'lapsed'])), name='waiver_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('status__in', ['approved', 'declined']), ('decided_at__isnull', False)), models.Q(('decided_at', None), ('decided_by', None), ('status__in', ['proposed', 'withdrawn', 'lapsed'])), _connector='OR'), name='waiver_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'lapsed'])), name='write_off_status_is_known'),
        ),
    ]
