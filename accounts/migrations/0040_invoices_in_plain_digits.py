"""Invoices kept with full-width digits and letters in their numbers bear the plain ones, and count once."""

from django.db import migrations

# Of those that are one invoice, as `invoices_alike` has it, one that a list calls void stands before one that counts, and
# otherwise what was told last. The others counted until now, as those judged who judged meanwhile.
COUNT_ONCE = r"""
WITH named AS (
    SELECT *, left(normalize(number, NFKC), 64) AS plain, number IS NOT NFKC NORMALIZED AS is_wide
    FROM accounts_invoice WHERE superseded_at IS NULL
), alike AS (
    SELECT *, CASE WHEN plain ~ '^([0-9]{20}|([0-9]{10}|[0-9]{12})-[0-9]{8})$' THEN plain
                   ELSE concat_ws(' ', direction, issued_on, plain, counterparty_key) END AS identity
    FROM named
), told AS (
    SELECT id, bool_or(is_wide) OVER (PARTITION BY enterprise_id, identity) AS has_wide,
           row_number() OVER (PARTITION BY enterprise_id, identity ORDER BY is_valid, recorded_at DESC, id DESC) AS place
    FROM alike
)
UPDATE accounts_invoice invoice SET superseded_at = greatest(now(), invoice.recorded_at)
FROM told WHERE told.id = invoice.id AND told.has_wide AND told.place > 1
"""
# What was recorded is only superseded, never rewritten.
WRITE_PLAIN = """
WITH wide AS (
    UPDATE accounts_invoice SET superseded_at = greatest(now(), recorded_at)
    WHERE superseded_at IS NULL AND number IS NOT NFKC NORMALIZED RETURNING *
)
INSERT INTO accounts_invoice (
    enterprise_id, file_id, direction, number, issued_on, counterparty_name, counterparty_key, net_amount, tax_amount,
    gross_amount, currency, is_valid, is_credit_note, recorded_at, recorded_by
)
SELECT enterprise_id, file_id, direction, left(normalize(number, NFKC), 64), issued_on, counterparty_name,
       counterparty_key, net_amount, tax_amount, gross_amount, currency, is_valid, is_credit_note, superseded_at, 'system'
FROM wide
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0039_locked_files")]

    operations = [
        migrations.RunSQL(COUNT_ONCE, migrations.RunSQL.noop),
        migrations.RunSQL(WRITE_PLAIN, migrations.RunSQL.noop),
    ]
