"""What money or a deadline hangs on is told by default; whoever chose before, and not these, keeps to that."""

from django.db import migrations, models


CHOSE_OTHERWISE = """
    INSERT INTO accounts_noticepreference (membership_id, kind, channel, threshold_amount, is_wanted)
    SELECT chosen.membership_id, kinds.kind, 'sms', 0, false
    FROM (
        SELECT membership_id FROM accounts_noticepreference
        UNION  -- whoever turned everything off left no row there
        SELECT membership.id
        FROM core_auditevent event
        JOIN accounts_enterprise enterprise ON enterprise.reference = event.subject
        JOIN accounts_user person ON person.reference = event.by
        JOIN accounts_membership membership
            ON membership.enterprise_id = enterprise.id AND membership.user_id = person.id
            AND membership.began_at <= event.at
        WHERE event.verb = 'settlement.notices_chosen'
    ) chosen CROSS JOIN (VALUES ('payment_returned'), ('collection_failed')) kinds (kind)
    WHERE NOT EXISTS (
        SELECT FROM accounts_noticepreference same
        WHERE same.membership_id = chosen.membership_id AND same.kind = kinds.kind
    )"""
UNKNOWN_BEFORE = "DELETE FROM accounts_noticepreference WHERE NOT is_wanted OR kind LIKE 'installment_%'"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0028_evidence_remembered'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='noticepreference',
            name='notice_kind_is_known',
        ),
        migrations.AddField(
            model_name='noticepreference',
            name='is_wanted',
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name='noticepreference',
            name='kind',
            field=models.CharField(choices=[('money_in', 'Money came in'), ('money_out', 'Money went out'), ('low_balance', 'The balance is low'), ('payment_returned', 'A payment came back'), ('collection_failed', 'An installment could not be collected'), ('kept_ended', 'An amount is no longer kept back'), ('installment_short', 'An installment falls due soon and the account does not hold enough'), ('installment_late', 'An installment is late')], max_length=20, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['money_in', 'money_out', 'low_balance', 'payment_returned', 'collection_failed', 'kept_ended', 'installment_short', 'installment_late'])), name='notice_kind_is_known'),
        ),
        migrations.RunSQL(CHOSE_OTHERWISE, UNKNOWN_BEFORE),
    ]
