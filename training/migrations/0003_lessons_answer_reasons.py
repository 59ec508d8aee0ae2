"""Lessons name the reasons they answer, wrong choices say why, courses have a worksheet."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0002_training_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='choice',
            name='why_en',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='choice',
            name='why_zh_hans',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='course',
            name='worksheet_en',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='course',
            name='worksheet_zh_hans',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='lesson',
            name='reason_codes',
            field=models.JSONField(default=list, help_text='the reasons of decisions that it answers in particular'),
        ),
        migrations.AlterField(
            model_name='lesson',
            name='topic',
            field=models.CharField(choices=[('cash_buffer', 'A cash buffer'), ('separate_accounts', 'Separate accounts'), ('regular_income', 'Regular income'), ('customer_spread', 'Many customers'), ('debt_burden', 'The burden of debt'), ('keep_records', 'Keeping records'), ('tax_discipline', 'Tax on time'), ('pricing_margin', 'Prices and margins'), ('plan_ahead', 'Planning ahead'), ('keep_promises', 'Keeping promises'), ('get_paid', 'Getting paid'), ('farm_year', 'The farm year'), ('safe_money', 'Safe money'), ('growth', 'Growing')], db_index=True, max_length=20, verbose_name='topic'),
        ),
    ]
