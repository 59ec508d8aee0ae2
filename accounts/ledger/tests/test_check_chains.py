"""Each night both chains of seals are read, and whoever keeps or audits the books hears of a break."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import User
from accounts.identity.tests.builders import confirm_mail
from accounts.ledger import operations as ledger
from accounts.ledger import tasks
from accounts.ledger.models import Chain, ChainCheck, EntrySeal, SealedBlock
from accounts.ledger.tests.builders import NOW, TODAY, make_entry, tamper
from accounts.ledger.tests.test_sealing import all_guards_off
from portal.core import audit, jobs
from portal.core.models import AuditEvent, AuditSeal, Notice

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def entry(cash, shop):
    """Two entries in a block each, and the trail sealed."""
    first = make_entry(cash, shop)
    ledger.seal_entries(at=NOW)
    make_entry(cash, shop)
    ledger.seal_entries(at=NOW)
    audit.seal()
    return first


def check(chain=Chain.BOOKS, *, on=TODAY):
    return ledger.check_chain(chain, on=on, at=NOW)


class TestCheckChain:
    def test_tells_through_which_block_and_event_all_is_whole(self, entry):
        books, trail = check(), check(Chain.TRAIL)
        assert (books.is_whole, books.through, books.digest) == (True, 2, SealedBlock.objects.get(number=2).digest)
        last = AuditSeal.objects.order_by("-sequence").first()
        assert (trail.is_whole, trail.through, trail.digest) == (True, last.sequence, last.digest)

    def test_has_nothing_to_read_before_anything_is_sealed(self, bank):
        assert (check().is_whole, check().through) == (True, 0)
        assert check(on=TOMORROW).is_whole

    def test_tells_administrators_auditors_and_the_trail_of_an_altered_entry(self, entry, administrator, auditor):
        confirm_mail(administrator, "min@bank.example")
        User.objects.filter(pk=auditor.pk).update(phone="+8613800138009", phone_verified=True)
        tamper("accounts_posting", f"amount = 9 WHERE entry_id = {entry.pk}")
        broken = check()
        assert (broken.is_whole, broken.through, broken.broken_at) == (False, 0, entry.reference)
        event = AuditEvent.objects.get(verb="ledger.chain_broken")
        assert (event.subject, event.details) == ("books", {"through": 0, "broken_at": entry.reference})
        told = set(Notice.objects.filter(code="chain_broken").values_list("address", flat=True))
        assert told == {"min@bank.example", "+8613800138009"}

    def test_tells_of_an_altered_event(self, entry, administrator):
        event = AuditSeal.objects.get(sequence=2).event
        tamper("core_auditevent", f"by = 'U-OTHER' WHERE id = {event.pk}")
        broken = check(Chain.TRAIL)
        assert (broken.is_whole, broken.through, broken.broken_at) == (False, 1, str(event.pk))

    @pytest.mark.parametrize("chain", Chain)
    def test_notices_that_the_newest_is_gone_since_the_night_before(self, entry, chain):
        before = check(chain)
        with all_guards_off() as cursor:
            cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM accounts_entryseal WHERE block_id = 2")
            cursor.execute("DELETE FROM accounts_sealedblock WHERE number = 2")
            cursor.execute("DELETE FROM core_auditseal WHERE sequence = (SELECT max(sequence) FROM core_auditseal)")
            cursor.execute("DELETE FROM core_auditevent WHERE verb = 'ledger.sealed' AND subject = '2'")
            cursor.execute("ALTER TABLE core_auditseal ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
        broken = check(chain, on=TOMORROW)
        assert (broken.is_whole, broken.through) == (False, before.through - 1)

    def test_alarms_once_a_night_and_again_the_next(self, entry, administrator):
        confirm_mail(administrator, "min@bank.example")
        tamper("accounts_posting", f"amount = 9 WHERE entry_id = {entry.pk}")
        assert check() == check()
        assert Notice.objects.filter(code="chain_broken").count() == 1
        check(on=TOMORROW)
        assert Notice.objects.filter(code="chain_broken").count() == 2

    def test_is_remembered_for_good(self, entry):
        check()
        with pytest.raises(IntegrityError), transaction.atomic():
            ChainCheck.objects.update(is_whole=False)

    @pytest.mark.django_db(transaction=True)
    def test_leaves_what_is_sealed_meanwhile_to_the_next_night(self, cash, shop):
        """Blocks come and go on as the chain is read, and none of it looks like a break."""
        for _each in range(25):
            make_entry(cash, shop)
            ledger.seal_entries(at=NOW)
        stop, sealed = threading.Event(), []

        def go_on():
            while not stop.is_set():
                make_entry(cash, shop)
                sealed.append(ledger.seal_entries(at=NOW))
            connection.close()

        other = threading.Thread(target=go_on)
        other.start()
        try:
            found = [check(on=TODAY + timedelta(days=each)) for each in range(20)]
        finally:
            stop.set()
            other.join()
        assert all(each.is_whole for each in found)
        assert sum(sealed) > 0


class TestTask:
    def test_says_in_the_log_how_far_the_chains_are_whole(self, entry, caplog):
        tasks.check_chains()
        assert {record.levelname for record in caplog.records} == {"INFO"}
        assert SealedBlock.objects.get(number=2).digest in caplog.text

    def test_raises_the_alarm(self, entry, caplog):
        tamper("accounts_entryseal", f"digest = repeat('0', 64) WHERE entry_id = {entry.pk}")
        tasks.check_chains()
        assert "chain_broken" in caplog.text
        assert "ERROR" in {record.levelname for record in caplog.records}

    @pytest.mark.django_db(transaction=True)
    def test_does_nothing_beside_itself(self, entry):
        beside = threading.Thread(target=lambda: (tasks.check_chains(), connection.close()))
        with jobs.alone("ledger.check_chains"):
            beside.start()
            beside.join()
        assert not ChainCheck.objects.exists()


class TestPage:
    def test_says_when_and_through_which_block(self, entry, client_of, auditor):
        ledger.check_chain(Chain.BOOKS, on=timezone.localdate(), at=timezone.now())
        ledger.check_chain(Chain.TRAIL, on=timezone.localdate(), at=timezone.now())
        text = client_of(auditor).get(reverse("ledger:trial_balance")).content.decode()
        assert "The seals of all entries through block 2 were read on" in text
        assert f"first {AuditSeal.objects.count()} events were read on" in text

    def test_names_what_was_altered(self, entry, client_of, auditor):
        seal = EntrySeal.objects.get(block=2)
        tamper("accounts_posting", f"amount = 9 WHERE entry_id = {seal.entry_id}")
        ledger.check_chain(Chain.BOOKS, on=timezone.localdate(), at=timezone.now())
        text = client_of(auditor).get(reverse("ledger:trial_balance")).content.decode()
        assert "chain of seals broken after block 1." in text
        assert f'There stands <span class="whole">{seal.reference}</span>.' in text
