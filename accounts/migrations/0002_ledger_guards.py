"""The books balance at commit and are never rewritten, whoever writes to the database and by whatever way."""

from django.db import migrations

from portal.core import guards

# Plans are kept for as long as a connection lives, also those made while a table was small: hence no sequential scans.
# Judges a new entry once, at commit. Postings cannot follow later: places count to the entry's, each is taken once,
# and the statement's own guard below refuses what lies beyond.
ENTRY_BALANCES = """
CREATE FUNCTION accounts_entry_balances() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    found integer;
    balanced boolean;
BEGIN
    SELECT coalesce(sum(n), 0), coalesce(bool_and(net = 0), false) INTO found, balanced
    FROM (
        SELECT count(*) AS n, sum(CASE p.direction WHEN 'debit' THEN p.amount ELSE -p.amount END) AS net
        FROM public.accounts_posting p JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
        WHERE p.entry_id = NEW.id
        GROUP BY a.currency
    ) by_currency;
    IF found <> NEW.line_count THEN
        RAISE EXCEPTION 'journal entry % has % postings instead of %', NEW.id, found, NEW.line_count
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_its_postings';
    END IF;
    IF NOT balanced THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances_in_every_currency';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances_at_commit AFTER INSERT ON accounts_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_entry_balances();
"""
ENTRY_BALANCES_BACK = """
DROP TRIGGER entry_balances_at_commit ON accounts_journalentry;
DROP FUNCTION accounts_entry_balances();
"""

# Whoever posts shares a lock, so that a snapshot, or who closes a month, can wait until nobody is in the middle; what
# arrived is then judged as a whole, with the months that are closed by now.
POSTINGS_ARRIVE = """
CREATE FUNCTION accounts_posting_arrives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7203002);
    RETURN NULL;
END $$;
CREATE TRIGGER posting_arrives BEFORE INSERT ON accounts_posting
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_posting_arrives();
CREATE FUNCTION accounts_posting_fits() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT p.entry_id, p.effective_date, a.is_summary, p.line_number > e.line_count AS beyond,
           p.effective_date <> e.effective_date AS misdated, e.id IS NULL OR a.id IS NULL AS astray INTO wrong
    FROM arrived p
    LEFT JOIN public.accounts_journalentry e ON e.id = p.entry_id
    LEFT JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
    WHERE e.id IS NULL OR a.id IS NULL OR a.is_summary OR p.line_number > e.line_count OR p.effective_date <> e.effective_date
       OR p.effective_date <= (SELECT max(last_date) FROM public.accounts_accountingperiod)
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF wrong.astray THEN
        RAISE EXCEPTION 'a posting names an entry or an account that is not there'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_entry_and_account';
    ELSIF wrong.is_summary THEN
        RAISE EXCEPTION 'a summary takes no postings'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_no_summary';
    ELSIF wrong.beyond THEN
        RAISE EXCEPTION 'journal entry % has more postings than it declares', wrong.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_its_postings';
    ELSIF wrong.misdated THEN
        RAISE EXCEPTION 'journal entry % has a posting of another date', wrong.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_keeps_its_entrys_date';
    END IF;
    RAISE EXCEPTION 'the books of % are closed', wrong.effective_date
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_stays_out_of_closed_months';
END $$;
CREATE TRIGGER posting_fits AFTER INSERT ON accounts_posting REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_posting_fits();
"""
POSTINGS_ARRIVE_BACK = """
DROP TRIGGER posting_fits ON accounts_posting;
DROP FUNCTION accounts_posting_fits();
DROP TRIGGER posting_arrives ON accounts_posting;
DROP FUNCTION accounts_posting_arrives();
"""

# Posting is what everything waits for: one round trip, by plans that are kept. Customers' balances are locked in order
# and judged, the key is claimed (a twin's commit is waited for), balances move, postings are written; where the key is
# taken or the judgement is no, nothing is written. Why not is told by ``fits`` and ``closed_up_to``.
POST_ENTRY = """
CREATE FUNCTION accounts_post_entry(
    p_reference text, p_key text, p_fingerprint text, p_event text, p_subject text, p_text text, p_effective_date date,
    p_posted_at timestamptz, p_by text, p_reverses bigint, p_customers bigint[], p_changes numeric[],
    p_accounts bigint[], p_directions text[], p_amounts numeric[],
    OUT entry bigint, OUT fits boolean, OUT closed_up_to date
) LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    SELECT max(last_date) INTO closed_up_to FROM public.accounts_accountingperiod;
    SELECT coalesce(bool_and(change.amount >= 0 OR kept.available + change.amount >= 0), true) INTO fits
    FROM (
        SELECT ledger_account_id, amount - held_amount + overdraft_amount AS available
        FROM public.accounts_ledgerbalance WHERE ledger_account_id = ANY (p_customers)
        ORDER BY ledger_account_id FOR NO KEY UPDATE
    ) kept JOIN unnest(p_customers, p_changes) AS change (ledger_account_id, amount) USING (ledger_account_id);
    IF NOT fits OR p_effective_date <= closed_up_to THEN
        RETURN;
    END IF;
    INSERT INTO public.accounts_journalentry (reference, key, fingerprint, event, subject, text, effective_date,
        posted_at, by, line_count, reverses_id)
    VALUES (p_reference, p_key, p_fingerprint, p_event, p_subject, p_text, p_effective_date, p_posted_at, p_by,
        cardinality(p_accounts), p_reverses)
    ON CONFLICT DO NOTHING RETURNING id INTO entry;
    IF entry IS NULL THEN
        RETURN;
    END IF;
    UPDATE public.accounts_ledgerbalance kept SET amount = kept.amount + change.amount
    FROM unnest(p_customers, p_changes) AS change (ledger_account_id, amount)
    WHERE kept.ledger_account_id = change.ledger_account_id;
    INSERT INTO public.accounts_posting
        (entry_id, ledger_account_id, direction, amount, effective_date, line_number)
    SELECT entry, line.account, line.direction, line.amount, p_effective_date, line.number
    FROM unnest(p_accounts, p_directions, p_amounts) WITH ORDINALITY AS line (account, direction, amount, number)
    ORDER BY line.number;
END $$;
"""
POST_ENTRY_BACK = "DROP FUNCTION accounts_post_entry;"

# A hold only ends, once; what it keeps back, for what and until when stays as it was asked for.
HOLD_KEEPS_ITS_TERMS = """
CREATE FUNCTION accounts_hold_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'hold % keeps its terms and ends once', OLD.reference
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'hold_keeps_its_terms';
END $$;
CREATE TRIGGER hold_keeps_its_terms BEFORE UPDATE ON accounts_hold FOR EACH ROW
    WHEN (OLD.status <> 'pending'
        OR (OLD.reference, OLD.key, OLD.fingerprint, OLD.ledger_account_id, OLD.amount, OLD.placed_at, OLD.expires_at)
            IS DISTINCT FROM
           (NEW.reference, NEW.key, NEW.fingerprint, NEW.ledger_account_id, NEW.amount, NEW.placed_at, NEW.expires_at))
    EXECUTE FUNCTION accounts_hold_keeps();
"""
HOLD_KEEPS_ITS_TERMS_BACK = """
DROP TRIGGER hold_keeps_its_terms ON accounts_hold;
DROP FUNCTION accounts_hold_keeps();
"""

# What postings mean hangs on these columns: they stay as they were when the account was opened.
ACCOUNT_KEEPS_ITS_MEANING = """
CREATE FUNCTION accounts_ledgeraccount_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger account % stays, and keeps its currency, kind, side and place', OLD.code
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_account_keeps_its_meaning';
END $$;
CREATE TRIGGER ledger_account_keeps_its_meaning BEFORE UPDATE ON accounts_ledgeraccount FOR EACH ROW
    WHEN ((OLD.code, OLD.currency, OLD.kind, OLD.normal_side, OLD.is_customer, OLD.is_summary, OLD.summary_id)
        IS DISTINCT FROM
          (NEW.code, NEW.currency, NEW.kind, NEW.normal_side, NEW.is_customer, NEW.is_summary, NEW.summary_id))
    EXECUTE FUNCTION accounts_ledgeraccount_keeps();
CREATE TRIGGER ledger_account_is_never_removed BEFORE DELETE ON accounts_ledgeraccount FOR EACH ROW
    EXECUTE FUNCTION accounts_ledgeraccount_keeps();
"""
ACCOUNT_KEEPS_ITS_MEANING_BACK = """
DROP TRIGGER ledger_account_is_never_removed ON accounts_ledgeraccount;
DROP TRIGGER ledger_account_keeps_its_meaning ON accounts_ledgeraccount;
DROP FUNCTION accounts_ledgeraccount_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_core_guards")]

    operations = [
        migrations.RunSQL(ENTRY_BALANCES, ENTRY_BALANCES_BACK),
        migrations.RunSQL(POSTINGS_ARRIVE, POSTINGS_ARRIVE_BACK),
        migrations.RunSQL(ACCOUNT_KEEPS_ITS_MEANING, ACCOUNT_KEEPS_ITS_MEANING_BACK),
        migrations.RunSQL(POST_ENTRY, POST_ENTRY_BACK),
        migrations.RunSQL(HOLD_KEEPS_ITS_TERMS, HOLD_KEEPS_ITS_TERMS_BACK),
        guards.append_only("accounts_journalentry"),
        guards.append_only("accounts_posting"),
        guards.append_only("accounts_balancesnapshot"),
        guards.append_only("accounts_accountingperiod"),
        guards.append_only("accounts_sealedblock"),
        guards.append_only("accounts_entryseal"),
        guards.withheld("accounts_journalentry", "UPDATE", "DELETE"),
        guards.withheld("accounts_posting", "UPDATE", "DELETE"),
        guards.withheld("accounts_balancesnapshot", "UPDATE", "DELETE"),
        guards.withheld("accounts_accountingperiod", "UPDATE", "DELETE"),
        guards.withheld("accounts_sealedblock", "UPDATE", "DELETE"),
        guards.withheld("accounts_entryseal", "UPDATE", "DELETE"),
        guards.withheld("accounts_hold", "DELETE"),
        guards.withheld("accounts_ledgeraccount", "DELETE"),
        guards.withheld("accounts_ledgerbalance", "DELETE"),
    ]
