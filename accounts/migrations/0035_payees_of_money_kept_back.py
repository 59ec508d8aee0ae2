"""Money that the bank keeps back may be paid to an account at another bank, which is no enterprise's payee."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_judged_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="payee",
            name="hold",
            field=models.OneToOneField(
                help_text="out of which the bank pays it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payee",
                to="accounts.hold",
            ),
        ),
        migrations.AlterField(
            model_name="payee",
            name="enterprise",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payees",
                to="accounts.enterprise",
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", False), ("hold", None)),
                    models.Q(("enterprise", None), ("hold__isnull", False), models.Q(("bank_code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payee_is_an_enterprises_or_of_money_kept_back",
            ),
        ),
    ]
