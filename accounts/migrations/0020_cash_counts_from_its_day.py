"""Corrected cash bears the day on which it moved; what corrects the interest of earlier periods is booked apart."""

import django.db.models.deletion
from django.db import migrations, models


def date_as_it_moved(apps, _editor):
    """Date what corrections booked on the day of the cash, in the order in which one was corrected by the next."""
    corrections = apps.get_model("accounts", "CashCorrection").objects.exclude(replacement=None)
    for correction in corrections.order_by("pk"):
        right = correction.replacement
        right.effective_date = correction.slip_date or correction.movement.effective_date
        right.save(update_fields=["effective_date"])


# Under the drawer's lock lines and counts follow each other; of counts from before, the clock must tell.
LAST_LINES = """
    UPDATE accounts_cashcount counted SET last_line_id = (
        SELECT max(line.id) FROM accounts_drawerline line
        WHERE line.drawer_id = counted.drawer_id AND line.made_at <= counted.made_at
    )"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0019_other_receipts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='cashmovement',
            name='effective_date',
            field=models.DateField(help_text='on which the cash moved; its entry may have to be later', verbose_name='date'),
        ),
        migrations.AddField(
            model_name='termsperiod',
            name='correction_entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='cashcount',
            name='last_line',
            field=models.ForeignKey(help_text='the newest that it counted', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.drawerline'),
        ),
        migrations.RunSQL(LAST_LINES, migrations.RunSQL.noop),
        migrations.RunPython(date_as_it_moved, migrations.RunPython.noop),
    ]
