from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_account_services")]

    operations = [
        migrations.AlterField(
            model_name="payee",
            name="bank_code",
            field=models.CharField(
                blank=True,
                help_text="BIC or CNAPS code; empty is this bank",
                max_length=12,
                verbose_name="bank code",
            ),
        ),
    ]
