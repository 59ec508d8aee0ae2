"""The books balance at commit and are never rewritten, whoever writes to the database and by whatever way."""

from django.db import migrations

from portal.core import guards

# Runs once for the entry and once for each posting: a posting added in a later transaction exceeds the entry's count.
ENTRY_BALANCES = """
CREATE FUNCTION accounts_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
    expected integer;
    found integer;
    balanced boolean;
    dated boolean;
BEGIN
    IF TG_TABLE_NAME = 'accounts_journalentry' THEN
        moved := NEW.id;
    ELSE
        moved := NEW.entry_id;
    END IF;
    SELECT max(line_count), coalesce(sum(n), 0), coalesce(bool_and(net = 0), false), coalesce(bool_and(same_date), false)
    INTO expected, found, balanced, dated
    FROM (
        SELECT e.line_count, count(p.id) AS n,
               sum(CASE p.direction WHEN 'debit' THEN p.amount ELSE -p.amount END) AS net,
               bool_and(p.effective_date = e.effective_date) AS same_date
        FROM public.accounts_journalentry e
        LEFT JOIN public.accounts_posting p ON p.entry_id = e.id
        LEFT JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
        WHERE e.id = moved
        GROUP BY e.line_count, a.currency
    ) by_currency;
    IF found <> expected THEN
        RAISE EXCEPTION 'journal entry % has % postings instead of %', moved, found, expected
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_its_postings';
    END IF;
    IF NOT balanced THEN
        RAISE EXCEPTION 'journal entry % does not balance', moved
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances_in_every_currency';
    END IF;
    IF NOT dated THEN
        RAISE EXCEPTION 'journal entry % has a posting of another date', moved
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_keeps_its_entrys_date';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances_at_commit AFTER INSERT ON accounts_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_entry_balances();
CREATE CONSTRAINT TRIGGER posting_balances_at_commit AFTER INSERT ON accounts_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_entry_balances();
"""
ENTRY_BALANCES_BACK = """
DROP TRIGGER posting_balances_at_commit ON accounts_posting;
DROP TRIGGER entry_balances_at_commit ON accounts_journalentry;
DROP FUNCTION accounts_entry_balances();
"""

# Summaries take no postings; whoever posts shares a lock, so that a snapshot can wait until nobody is in the middle.
POSTINGS_ARRIVE = """
CREATE FUNCTION accounts_posting_arrives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7203002);
    RETURN NULL;
END $$;
CREATE TRIGGER posting_arrives BEFORE INSERT ON accounts_posting
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_posting_arrives();
CREATE FUNCTION accounts_posting_names_no_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT is_summary FROM public.accounts_ledgeraccount WHERE id = NEW.ledger_account_id) THEN
        RAISE EXCEPTION 'a summary takes no postings'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_no_summary';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_names_no_summary BEFORE INSERT ON accounts_posting
    FOR EACH ROW EXECUTE FUNCTION accounts_posting_names_no_summary();
"""
POSTINGS_ARRIVE_BACK = """
DROP TRIGGER posting_names_no_summary ON accounts_posting;
DROP FUNCTION accounts_posting_names_no_summary();
DROP TRIGGER posting_arrives ON accounts_posting;
DROP FUNCTION accounts_posting_arrives();
"""

# What postings mean hangs on these columns: they stay as they were when the account was opened.
ACCOUNT_KEEPS_ITS_MEANING = """
CREATE FUNCTION accounts_ledgeraccount_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger account % keeps its currency, kind, side and place', OLD.code
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_account_keeps_its_meaning';
END $$;
CREATE TRIGGER ledger_account_keeps_its_meaning BEFORE UPDATE ON accounts_ledgeraccount FOR EACH ROW
    WHEN ((OLD.code, OLD.currency, OLD.kind, OLD.normal_side, OLD.is_customer, OLD.is_summary, OLD.summary_id)
        IS DISTINCT FROM
          (NEW.code, NEW.currency, NEW.kind, NEW.normal_side, NEW.is_customer, NEW.is_summary, NEW.summary_id))
    EXECUTE FUNCTION accounts_ledgeraccount_keeps();
"""
ACCOUNT_KEEPS_ITS_MEANING_BACK = """
DROP TRIGGER ledger_account_keeps_its_meaning ON accounts_ledgeraccount;
DROP FUNCTION accounts_ledgeraccount_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_core_guards")]

    operations = [
        migrations.RunSQL(ENTRY_BALANCES, ENTRY_BALANCES_BACK),
        migrations.RunSQL(POSTINGS_ARRIVE, POSTINGS_ARRIVE_BACK),
        migrations.RunSQL(ACCOUNT_KEEPS_ITS_MEANING, ACCOUNT_KEEPS_ITS_MEANING_BACK),
        guards.append_only("accounts_journalentry"),
        guards.append_only("accounts_posting"),
        guards.append_only("accounts_balancesnapshot"),
        guards.withheld("accounts_journalentry", "UPDATE", "DELETE"),
        guards.withheld("accounts_posting", "UPDATE", "DELETE"),
        guards.withheld("accounts_balancesnapshot", "UPDATE", "DELETE"),
        guards.withheld("accounts_ledgeraccount", "DELETE"),
        guards.withheld("accounts_ledgerbalance", "DELETE"),
    ]
