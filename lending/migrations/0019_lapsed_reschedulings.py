from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0018_credit_lines'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='rescheduling',
            name='rescheduling_status_is_known',
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'agreed', 'lapsed'])), name='rescheduling_status_is_known'),
        ),
    ]
