"""Products are prepared by one person and approved by another, offered by dates, and never changed in use."""

from decimal import Decimal

from django.db import migrations, models

APPROVED = """
UPDATE lending_loanproduct
   SET status = 'approved', approved_by = 'portal', approved_at = now(), offered_from = DATE '2000-01-01',
       offered_until = CASE WHEN is_offered THEN NULL ELSE CURRENT_DATE END;
"""
OFFERED = """
UPDATE lending_loanproduct
   SET is_offered = status = 'approved' AND (offered_until IS NULL OR offered_until > CURRENT_DATE)
       AND offered_from <= CURRENT_DATE;
"""
# What a second person has approved stands still; only the day on which a version ends comes later.
KEPT = (
    "code", "version", "prepared_by", "prepared_at", "approved_at", "offered_from", "name_en", "name_zh_hans",
    "summary_en", "summary_zh_hans", "currency", "country", "min_amount", "max_amount", "min_term_months",
    "max_term_months", "min_annual_rate", "max_annual_rate", "upfront_fee_rate", "sections", "documents",
    "requires_clearance", "interest_method", "frequency", "every", "due_day", "month_end", "business_day_rule",
    "principal_grace", "interest_grace", "interest_free", "deferred_interest", "principal_months", "interest_months",
    "balloon_rate", "day_count", "interest_period", "rounding", "installment_multiple", "allocation_order",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("lending", "0004_credit_register")]

    operations = [
        migrations.RenameField("loanproduct", "months_between_installments", "every"),
        migrations.AddField(
            model_name='loanproduct',
            name='allocation_order',
            field=models.CharField(choices=[('by_installment', 'Oldest installment first, of each the interest before the principal'), ('interest_first', 'All interest due, then all principal due'), ('principal_first', 'All principal due, then all interest due')], default='by_installment', max_length=20),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='approved_by',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='balloon_rate',
            field=models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='deferred_interest',
            field=models.CharField(choices=[('spread', 'In equal parts with the installments after the grace'), ('next', 'All with the first installment after the grace')], default='spread', max_length=10),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='documents',
            field=models.JSONField(blank=True, default=list, help_text='kinds of documents that must be there'),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='due_day',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='frequency',
            field=models.CharField(choices=[('month', 'Months'), ('week', 'Weeks')], default='month', max_length=10),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='installment_multiple',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='interest_free',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='interest_grace',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='interest_months',
            field=models.JSONField(blank=True, default=list, help_text='1 to 12; empty: all'),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='interest_period',
            field=models.CharField(choices=[('daily', 'The days between two due dates'), ('repayment_period', 'The same for every installment')], default='daily', max_length=20),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='month_end',
            field=models.CharField(choices=[('clamp', 'The last day of that month'), ('roll', 'The first day of the next month')], default='clamp', max_length=10),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='offered_from',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='offered_until',
            field=models.DateField(help_text='the first day on which it is no longer offered', null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='prepared_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='prepared_by',
            field=models.CharField(default='system', max_length=40),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='rounding',
            field=models.CharField(choices=[('ROUND_HALF_UP', 'Halves go up'), ('ROUND_HALF_EVEN', 'Halves go to the even cent')], default='ROUND_HALF_UP', max_length=20),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='sections',
            field=models.JSONField(blank=True, default=list, help_text='letters of industry sections; empty: all'),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='status',
            field=models.CharField(default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='loanproduct',
            name='business_day_rule',
            field=models.CharField(choices=[('following', 'Moves to the next day the bank is open'), ('modified_following', 'The same, but never into another month'), ('preceding', 'Moves to the day before on which the bank is open'), ('none', 'Stays where it is')], default='following', max_length=20),
        ),
        migrations.AlterField(
            model_name='loanproduct',
            name='day_count',
            field=models.CharField(choices=[('act_365f', 'Actual days, a year of 365'), ('act_360', 'Actual days, a year of 360'), ('act_act_isda', 'Actual days, the year they lie in (365 or 366)'), ('30_360_months', 'Every month alike, a twelfth of a year'), ('30e_360', 'Months of 30 days, a year of 360')], default='act_365f', max_length=20),
        ),
        migrations.AlterField(
            model_name='loanproduct',
            name='interest_method',
            field=models.CharField(choices=[('equal_installments', 'The same amount each time'), ('equal_principal', 'Falling amounts: equal principal plus interest'), ('interest_only', 'Interest each time, principal at the end'), ('bullet', 'Principal and interest together at the end')], max_length=40),
        ),
        migrations.RemoveConstraint("loanproduct", "one_version_of_a_product_is_offered"),
        migrations.RunSQL(APPROVED, OFFERED),
        migrations.RemoveField("loanproduct", "is_offered"),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.UniqueConstraint(condition=models.Q(('offered_until', None), ('status', 'approved')), fields=('code',), name='one_version_of_a_product_is_offered'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('code',), name='one_draft_of_a_product_is_open'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved', 'discarded'])), name='product_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', models.F('prepared_by')), _negated=True), name='product_has_two_pairs_of_eyes'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('offered_from__isnull', False), ('status', 'approved'), models.Q(('approved_by', ''), _negated=True)), models.Q(models.Q(('status', 'approved'), _negated=True), ('approved_by', ''), ('offered_from', None), ('offered_until', None)), _connector='OR'), name='product_is_approved_before_it_is_offered'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(('offered_until', None), ('offered_until__gte', models.F('offered_from')), _connector='OR'), name='product_is_offered_before_it_ends'),
        ),
        migrations.RunSQL(
            f"""CREATE TRIGGER lending_loanproduct_stands_still BEFORE UPDATE OR DELETE ON lending_loanproduct
                FOR EACH ROW EXECUTE FUNCTION lending_rules_stand_still('{{{",".join(KEPT)}}}');""",
            "DROP TRIGGER lending_loanproduct_stands_still ON lending_loanproduct;",
        ),
    ]
