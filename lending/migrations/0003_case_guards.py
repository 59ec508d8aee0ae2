"""What was said about a case is never rewritten: history, decisions, reviews, offers, repayments, allocations.

A signed loan keeps its terms and its schedule; only where it stands and what was paid of an installment move on.
"""

from django.db import migrations

from portal.core import guards

TABLES = [
    "lending_applicationevent",
    "lending_creditdecision",
    "lending_review",
    "lending_offer",
    "lending_repayment",
    "lending_allocation",
]
# What may still change of a row that stands for ever.
CHANGING = {
    "lending_loan": ["status"],
    "lending_installment": ["principal_paid_amount", "interest_paid_amount"],
}


def keeping_all_but(table: str, *columns: str) -> migrations.RunSQL:
    """Refuse DELETE on a table, and UPDATE of every column but these."""
    but = " - ".join(["", *(f"'{column}'" for column in columns)])
    return migrations.RunSQL(
        f"""CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW){but} = to_jsonb(OLD){but} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '% is never rewritten', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_stands();""",
        f"DROP TRIGGER {table}_stands ON {table}; DROP FUNCTION {table}_stands();",
    )


class Migration(migrations.Migration):
    dependencies = [("lending", "0002_credit_guards"), ("core", "0002_core_guards")]

    operations = [
        *(guards.append_only(table) for table in TABLES),
        *(guards.withheld(table, "UPDATE", "DELETE") for table in TABLES),
        *(keeping_all_but(table, *columns) for table, columns in CHANGING.items()),
    ]
