"""Evidence is recorded once: a row may be superseded, and nothing else about it ever changes."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION accounts_evidence_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL
       AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% may only be superseded, once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _guard(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION accounts_evidence_stands();""",
        f"DROP TRIGGER {table}_stands ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_ledger_guards")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION accounts_evidence_stands();"),
        _guard("accounts_banktransaction"),
        _guard("accounts_invoice"),
    ]
