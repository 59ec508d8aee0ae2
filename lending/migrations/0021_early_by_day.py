"""What is repaid early pays interest up to its day only, where a product says so; older ones go on as they are."""

from importlib import import_module

from django.db import migrations, models

stands_still = import_module("lending.migrations.0002_credit_guards").stands_still
KEPT = import_module("lending.migrations.0005_products").KEPT
LINES = import_module("lending.migrations.0018_credit_lines")
KEPT_BEFORE = (*KEPT, *LINES.KEPT_SINCE)


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0020_lapsed_proposals'),
    ]

    operations = [
        migrations.AddField(
            model_name='loanproduct',
            name='early_by_day',
            field=models.BooleanField(default=False, help_text='what is repaid early pays interest up to its day, not the next installment whole'),
        ),
        migrations.RunSQL(LINES.LOOSE, stands_still("lending_loanproduct", KEPT_BEFORE).sql),
        stands_still("lending_loanproduct", (*KEPT_BEFORE, "early_by_day")),
    ]
