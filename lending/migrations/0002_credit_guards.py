"""What decided once is never rewritten: the tables of approved scorecards, policies and standards stand still."""

from django.db import migrations

KEPT = {
    "lending_scorecard": ("code", "version", "table", "card", "sections", "fingerprint", "proposed_by", "proposed_at"),
    "lending_challenger": ("code", "version", "table", "fingerprint", "proposed_by", "proposed_at"),
    "lending_policy": ("code", "version", "table", "fingerprint", "proposed_by", "proposed_at"),
    "lending_standardedition": ("code", "version", "as_of", "fingerprint", "proposed_by", "proposed_at"),
}

RULES_STAND_STILL = """
CREATE FUNCTION lending_rules_stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION '% %/% was approved and is kept', TG_TABLE_NAME, OLD.code, OLD.version
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    FOREACH kept IN ARRAY TG_ARGV[0]::text[] LOOP
        IF to_jsonb(NEW) -> kept IS DISTINCT FROM to_jsonb(OLD) -> kept AND OLD.status <> 'draft' THEN
            RAISE EXCEPTION '%.% of %/% was approved and stands still', TG_TABLE_NAME, kept, OLD.code, OLD.version
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    IF OLD.status <> 'draft' AND (NEW.approved_by IS DISTINCT FROM OLD.approved_by OR NEW.status = 'draft') THEN
        RAISE EXCEPTION 'the approval of % %/% stands', TG_TABLE_NAME, OLD.code, OLD.version
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

STANDARDS_STAND_STILL = """
CREATE FUNCTION lending_standards_stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM lending_standardedition
         WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.edition_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.edition_id END)
           AND status <> 'draft'
    ) THEN
        RAISE EXCEPTION 'the standards of an approved edition stand still'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER lending_industrystandard_stands_still BEFORE INSERT OR UPDATE OR DELETE ON lending_industrystandard
    FOR EACH ROW EXECUTE FUNCTION lending_standards_stand_still();
"""


def stands_still(table: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    """Guard a table of rules."""
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_stands_still BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION lending_rules_stand_still('{{{",".join(columns)}}}');""",
        f"DROP TRIGGER {table}_stands_still ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("lending", "0001_initial")]

    operations = [
        migrations.RunSQL(RULES_STAND_STILL, "DROP FUNCTION lending_rules_stand_still();"),
        *(stands_still(table, columns) for table, columns in KEPT.items()),
        migrations.RunSQL(
            STANDARDS_STAND_STILL,
            """DROP TRIGGER lending_industrystandard_stands_still ON lending_industrystandard;
               DROP FUNCTION lending_standards_stand_still();""",
        ),
    ]
