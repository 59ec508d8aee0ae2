"""Corrected cash bears the day on which it moved; what corrects the interest of earlier periods is booked apart."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards


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


keeping_all_but = import_module("accounts.migrations.0004_due_diligence").keeping_all_but
# What may still change of a correction; as it was, and with what is undone by it.
CORRECTION = ["status", "checked_at", "checked_by", "check_reason", "reversal_id", "replacement_id", "difference_id"]


def _reverted(operation):
    """Undo what an earlier migration guards, so that it can be guarded anew."""
    return migrations.RunSQL(operation.reverse_sql, operation.sql)


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
        migrations.AddField(
            model_name='cashcorrection',
            name='given_up',
            field=models.OneToOneField(help_text='what the cash had paid, undone', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='requestreceipt',
            name='withdrawn_at',
            field=models.DateTimeField(help_text='its cash was booked wrongly', null=True),
        ),
        migrations.RemoveConstraint(
            model_name='cashcorrection',
            name='correction_is_booked_by_another',
        ),
        migrations.AddConstraint(
            model_name='cashcorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversal__isnull', False), ('status', 'booked'), models.Q(('checked_by', ''), _negated=True), models.Q(('made_by', models.F('checked_by')), _negated=True)), models.Q(models.Q(('status', 'booked'), _negated=True), ('difference', None), ('given_up', None), ('replacement', None), ('reversal', None)), _connector='OR'), name='correction_is_booked_by_another'),
        ),
        _reverted(keeping_all_but("accounts_cashcorrection", *CORRECTION)),
        keeping_all_but("accounts_cashcorrection", *CORRECTION, "given_up_id"),
        _reverted(guards.append_only("accounts_requestreceipt")),
        keeping_all_but("accounts_requestreceipt", "withdrawn_at"),
        migrations.RemoveConstraint(
            model_name='noticepreference',
            name='notice_kind_is_known',
        ),
        migrations.AlterField(
            model_name='noticepreference',
            name='kind',
            field=models.CharField(choices=[('money_in', 'Money came in'), ('money_out', 'Money went out'), ('low_balance', 'The balance is low'), ('payment_returned', 'A payment came back'), ('collection_failed', 'An installment could not be collected'), ('kept_ended', 'An amount is no longer kept back')], max_length=20, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['money_in', 'money_out', 'low_balance', 'payment_returned', 'collection_failed', 'kept_ended'])), name='notice_kind_is_known'),
        ),
        migrations.RunSQL(LAST_LINES, migrations.RunSQL.noop),
        migrations.RunPython(date_as_it_moved, migrations.RunPython.noop),
    ]
