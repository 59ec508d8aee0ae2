"""Mandates of loans older than claims ask for the job too, so that a receipt that names the loan repays it."""

from django.db import migrations

CLAIMED = """
UPDATE accounts_mandate SET claim_job = 'lending.claim_receipt'
 WHERE purpose = 'loan' AND claim_job = '' AND ended_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("lending", "0005_products"), ("accounts", "0010_account_services")]

    operations = [migrations.RunSQL(CLAIMED, migrations.RunSQL.noop)]
