"""What the credit register answered is kept as it was."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_due_diligence'),
        ('lending', '0003_case_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('source_reference', models.CharField(blank=True, max_length=60)),
                ('is_known', models.BooleanField()),
                ('lender_count', models.PositiveIntegerField(default=0)),
                ('outstanding_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ('overdue_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ('worst_days_past_due', models.PositiveIntegerField(default=0)),
                ('as_of', models.DateField()),
                ('fetched_at', models.DateTimeField()),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.consent')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='register_answers', to='accounts.enterprise')),
            ],
            options={
                'indexes': [models.Index(fields=['enterprise', '-fetched_at'], name='register_answer_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outstanding_amount__gte', 0), ('overdue_amount__gte', 0)), name='register_answer_is_not_negative')],
            },
        ),
        guards.append_only("lending_registeranswer"),
        guards.withheld("lending_registeranswer", "UPDATE", "DELETE"),
    ]
