"""A sender's bank may be known by its CNAPS code, which has twelve digits."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_cash_corrected_and_delivered'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suspenseitem',
            name='sender_bank_code',
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
