"""Another payee may be named for money kept back, here or elsewhere; what the bank pays of it two may cancel."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core import guards
from portal.core.references import new_reference


def name_those_inside(apps, _schema_editor):
    """Make a payee of the account of this bank that stood in a hold's subject."""
    accounts, holds = (apps.get_model("accounts", name) for name in ("SettlementAccount", "Hold"))
    payees = apps.get_model("accounts", "Payee")
    kept = holds.objects.filter(event="kept_back", payees=None)
    for hold in kept.exclude(subject=models.F("ledger_account__settlement_account__reference")):
        account = accounts.objects.select_related("enterprise").get(reference=hold.subject)
        payees.objects.create(
            reference=new_reference("PY"),
            hold=hold,
            name=account.enterprise.legal_name[:70],
            number=account.number,
            added_at=hold.placed_at,
            added_by=hold.placed_by,
            usable_at=hold.placed_at,
        )


def forget_those_inside(apps, schema_editor):
    """Leave to the subject what stands there still."""
    apps.get_model("accounts", "Payee").objects.filter(hold__isnull=False, bank_code="").delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the table is altered


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0036_bookkeepers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payee",
            name="hold",
            field=models.ForeignKey(
                help_text="out of which the bank pays it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payees",
                to="accounts.hold",
            ),
        ),
        migrations.RemoveConstraint(model_name="payee", name="payee_is_an_enterprises_or_of_money_kept_back"),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", False), ("hold", None)),
                    models.Q(("enterprise", None), ("hold__isnull", False)),
                    _connector="OR",
                ),
                name="payee_is_an_enterprises_or_of_money_kept_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("hold",),
                name="money_kept_back_has_one_payee_at_a_time",
            ),
        ),
        migrations.AddField(
            model_name="paymentinstruction",
            name="void_asked_by",
            field=models.CharField(
                blank=True,
                default="",
                help_text="who of the bank asks to cancel it; meanwhile it is not sent",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="paymentinstruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("void_asked_by", ""), ("status__in", ["pending", "voided"]), _connector="OR"),
                name="instruction_to_be_voided_is_not_sent",
            ),
        ),
        migrations.RunPython(name_those_inside, forget_those_inside),
        guards.keeping(
            "accounts_payee payee JOIN accounts_hold hold ON hold.id = payee.hold_id "
            "WHERE removed_at IS NOT NULL OR added_by <> placed_by",
            why="Whoever named another payee for money kept back could pay it alone, or it would go to the one before.",
        ),
        guards.keeping(
            "accounts_paymentinstruction WHERE status = 'pending' AND void_asked_by <> ''",
            why="Payments that somebody asks to cancel would be sent.",
        ),
    ]
