"""A sender's bank may be known by its CNAPS code, which has twelve digits."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_papers_and_watchlist_files'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suspenseitem',
            name='sender_bank_code',
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
