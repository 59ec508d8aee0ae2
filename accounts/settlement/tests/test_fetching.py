"""Cash paid out: to whom, and how the bank knows them."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from accounts.identity import operations as identity
from accounts.identity.operations.signing import SigningCodeMissing, SigningCodeWrong
from accounts.identity.tests.builders import make_check
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import papers
from accounts.settlement.models import CashMovement
from accounts.settlement.operations import fetching
from accounts.settlement.operations.fetching import Fetcher, FetcherRefused, LeavingCash
from accounts.settlement.states import KnownBy
from accounts.settlement.tests.builders import fetch_cash, held, make_settlement_account
from accounts.settlement.tests.correcting import correct, right
from portal.core.models import AuditEvent, Notice

SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - a test's own
CARD = KnownBy.IDENTITY_CARD


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


def pay_out(account, fetcher, *, amount="20.00", code="", key="k", by="U-TELLER"):
    told = {"text": "", "key": key, "on": TODAY, "at": NOW, "by": by}
    return settlement.pay_out(account, Decimal(amount), fetcher=fetcher, code=code, **told)


def review(account, fetcher, *, key="k"):
    return fetching.review_cash(LeavingCash(account, Decimal(20), "", key), fetcher, at=NOW, by="U-TELLER")


def send_code(account, owner, *, amount="20.00", key="k"):
    leaving = LeavingCash(account, Decimal(amount), "", key)
    identity.send_signing_code(owner, subject=leaving.subject, at=NOW, notice="cash_code", params=leaving.told())
    return json.loads(Notice.objects.filter(code="cash_code").latest("pk").params)["code"]


class TestByCode:
    def test_books_and_says_who_fetched_it(self, account, owner):
        moved = fetch_cash(account, Decimal(20))
        assert (moved.status, moved.fetched_by, moved.known_by, held(account)) == ("booked", owner, "code", 80)
        told = AuditEvent.objects.get(verb="settlement.cash_out").details
        assert (told["to"], told["known_by"]) == (owner.reference, "code")

    def test_refuses_without_the_right_code(self, account, owner):
        with pytest.raises(SigningCodeMissing):
            pay_out(account, Fetcher(owner, KnownBy.CODE))
        code = send_code(account, owner)
        with pytest.raises(SigningCodeWrong):
            pay_out(account, Fetcher(owner, KnownBy.CODE), code=f"{(int(code) + 1) % 1_000_000:06d}")
        assert held(account) == 100

    def test_refuses_an_authenticators_code_which_tells_of_no_cash(self, account, owner):
        totp.TOTP.activate(owner, SECRET)
        counter = next(iter(totp.yield_hotp_counters_from_time()))
        shown = totp.format_hotp_value(totp.hotp_value(SECRET, counter))
        with pytest.raises(SigningCodeMissing):
            pay_out(account, Fetcher(owner, KnownBy.CODE), code=shown)
        assert pay_out(account, Fetcher(owner, KnownBy.CODE), code=send_code(account, owner)).status == "booked"

    def test_tells_the_owner_what_was_handed_out(self, account, owner):
        moved = fetch_cash(account, Decimal(20))
        notice = Notice.objects.get(code="cash_fetched")
        told = json.loads(notice.params)
        assert (notice.address, told["amount"], told["reference"]) == (owner.phone, "¥20.00", moved.reference)

    def test_refuses_the_code_for_other_cash(self, account, owner):
        code = send_code(account, owner)
        with pytest.raises(SigningCodeMissing):
            pay_out(account, Fetcher(owner, KnownBy.CODE), amount="21.00", code=code)

    def test_sent_twice_pays_once(self, account, owner):
        code = send_code(account, owner)
        first, second = (pay_out(account, Fetcher(owner, KnownBy.CODE), code=code) for _time in range(2))
        assert (first, held(account)) == (second, 80)

    def test_refuses_who_is_no_owner(self, account, manager, stranger):
        for person in (manager, stranger):
            with pytest.raises(FetcherRefused) as refused:
                pay_out(account, Fetcher(person, KnownBy.CODE))
            assert refused.value.code == "fetcher_no_owner"

    def test_refuses_a_number_that_is_new(self, account, owner):
        owner.phone_changed_at = NOW - timedelta(hours=1)
        owner.save()
        with pytest.raises(FetcherRefused) as refused:
            pay_out(account, Fetcher(owner, KnownBy.CODE), code=send_code(account, owner))
        assert refused.value.code == "fetcher_number_new"

    def test_sends_who_has_no_confirmed_number_to_their_document(self, account, owner):
        owner.phone_verified = False
        owner.save()
        with pytest.raises(FetcherRefused) as refused:
            review(account, Fetcher(owner, KnownBy.CODE))
        assert refused.value.code == "fetcher_number_missing"

    def test_let_go_nothing_that_a_correction_booked_instead(self, account):
        booked = correct(fetch_cash(account, Decimal(20)), right(account, "30", way="out")).replacement
        booked = CashMovement.objects.told().get(pk=booked.pk)
        assert booked.known_as == f"Correction {booked.corrects.reference} of cash that a code let go"


class TestByDocument:
    def test_waits_for_a_second_person_and_says_how_it_ended(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        moved = pay_out(account, Fetcher(owner, CARD, " 204x"))
        assert moved.known_as == "Resident identity card"
        assert (moved.status, held(account)) == ("waiting", 100)
        assert not Notice.objects.filter(code="cash_fetched").exists()
        settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-OTHER")
        assert Notice.objects.filter(code="cash_fetched").count() == 1
        assert moved.known_as == "Resident identity card, seen by two of the bank"
        assert (moved.status, moved.document_ending, held(account)) == ("booked", "204X", 80)

    def test_is_not_confirmed_for_who_owns_it_no_longer(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        moved = pay_out(account, Fetcher(owner, CARD, "204X"))
        owner.memberships.update(ended_at=NOW)
        with pytest.raises(FetcherRefused):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-OTHER")
        assert held(account) == 100
        settlement.decline_cash(moved, reason="left the shop", at=NOW, by="U-OTHER")

    def test_cannot_be_confirmed_by_the_teller(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        moved = pay_out(account, Fetcher(owner, CARD, "204X"))
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-TELLER")
        with pytest.raises(IntegrityError), transaction.atomic():
            CashMovement.objects.filter(pk=moved.pk).update(status="booked", entry=JournalEntry.objects.get())

    @pytest.mark.parametrize("changed", [{"number_ending": ""}, {"number_ending": "204X", "result": "failed"}])
    def test_refuses_where_nothing_good_is_recorded(self, account, enterprise, owner, changed):
        make_check(enterprise, person=owner, **changed)
        with pytest.raises(FetcherRefused) as refused:
            pay_out(account, Fetcher(owner, CARD, "204X"))
        assert refused.value.code == "document_not_recorded"

    def test_refuses_another_number(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        with pytest.raises(FetcherRefused) as refused:
            pay_out(account, Fetcher(owner, CARD, "2045"))
        assert refused.value.code == "document_differs"
        event = AuditEvent.objects.get(verb="settlement.cash_document_differs")
        assert (event.subject, event.by) == (owner.reference, "U-TELLER")
        assert "2045" not in str(event.details)

    def test_lets_nobody_guess(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        for guess in range(5):
            with pytest.raises(FetcherRefused):
                review(account, Fetcher(owner, CARD, f"204{guess}"))
        for look in (review, pay_out):
            with pytest.raises(FetcherRefused) as refused:
                look(account, Fetcher(owner, CARD, "204X"))
            assert refused.value.code == "document_tries"
        assert AuditEvent.objects.filter(verb="settlement.cash_document_differs").count() == 5

    def test_forgets_slips_of_the_pen_once_it_is_right(self, account, enterprise, owner):
        make_check(enterprise, person=owner, number_ending="204X")
        for _time in range(3):
            for ending in ("2045", "2046"):
                with pytest.raises(FetcherRefused):
                    review(account, Fetcher(owner, CARD, ending))
            assert review(account, Fetcher(owner, CARD, "204X")).needs_second


class TestPages:
    def ask(self, account, owner, **changed):
        told = {"way": "out", "amount": "20.00", "text": "wages", "idempotency_key": "k", "known_by": "code"}
        return told | {"person": owner.reference} | changed

    def test_show_what_leaves_and_let_it_go_by_the_customers_code(self, client_of, operations, account, owner):
        client, address = client_of(operations), reverse("settlement:cash", args=[account.reference])
        shown = client.post(address, self.ask(account, owner, review="1")).content.decode()
        assert "¥20.00" in shown
        assert "¥80.00" in shown
        assert not CashMovement.objects.exists()
        sent = client.post(address, self.ask(account, owner, send_code="1")).content.decode()
        assert "the customer&#x27;s phone" in sent
        notice = Notice.objects.filter(code="cash_code").latest("pk")
        assert notice.address == owner.phone
        wrong = client.post(address, self.ask(account, owner, confirm="1", code="x"))
        assert wrong.status_code == 422
        code = json.loads(notice.params)["code"]
        answer = client.post(address, self.ask(account, owner, confirm="1", code=code))
        moved = CashMovement.objects.get()
        assert answer["Location"] == reverse("settlement:cash_movement", args=[moved.reference])
        assert "Wang Fang" in client.get(answer["Location"]).content.decode()
        again = client.post(address, self.ask(account, owner, confirm="1", code=code))
        assert (again["Location"], held(account)) == (answer["Location"], 80)

    def test_lead_a_form_left_open_to_what_it_paid_out(self, client_of, operations, account, owner):
        client, address = client_of(operations), reverse("settlement:cash", args=[account.reference])
        moved = fetch_cash(account, Decimal(20), text="wages", by=operations.reference)
        stale = client.post(address, self.ask(account, owner, review="1"))
        assert stale.status_code == 422
        assert reverse("settlement:cash_movement", args=[moved.reference]) in stale.content.decode()
        sent = client.post(address, self.ask(account, owner, send_code="1"))
        assert (sent.status_code, Notice.objects.filter(code="cash_code").count()) == (422, 1)

    def test_ask_a_colleague_to_look_at_the_document(self, client_of, operations, colleague, account, owner):
        make_check(account.enterprise, person=owner, number_ending="204X")
        client, address = client_of(operations), reverse("settlement:cash", args=[account.reference])
        asked = self.ask(account, owner, known_by="identity_card", ending="204X")
        shown = client.post(address, asked | {"review": "1"}).content.decode()
        assert "Ask a colleague to confirm" in shown
        assert "look at the customer&#x27;s document as well" in shown or "customer's document as well" in shown
        client.post(address, asked | {"confirm": "1"})
        moved = CashMovement.objects.get()
        confirm = reverse("settlement:cash_movement", args=[moved.reference])
        assert "customer's document yourself" in client_of(colleague).get(confirm).content.decode()

    def test_show_how_the_number_ends_to_the_second_person_alone(
        self, client_of, operations, colleague, manager, account, owner
    ):
        make_check(account.enterprise, person=owner, number_ending="204X")
        moved = pay_out(account, Fetcher(owner, CARD, "204X"), by=operations.reference)
        address = reverse("settlement:cash_movement", args=[moved.reference])
        assert "204X" in client_of(colleague).get(address).content.decode()
        for person in (operations, owner, manager):
            page = client_of(person).get(address)
            assert page.status_code == 200
            assert "204X" not in page.content.decode()
        settlement.confirm_cash(moved, on=TODAY, at=NOW, by=colleague.reference)
        assert "204X" not in client_of(colleague).get(address).content.decode()

    def test_ask_who_fetches_it(self, client_of, operations, account):
        address = reverse("settlement:cash", args=[account.reference])
        told = {"way": "out", "amount": "20.00", "idempotency_key": "k", "review": "1"}
        response = client_of(operations).post(address, told)
        assert response.status_code == 422
        assert "Choose one." in response.content.decode()


class TestReceipt:
    def test_says_how_the_customer_was_known(self, account):
        moved = fetch_cash(account, Decimal(20))
        paper = papers.cash_receipt(moved, language="en")
        assert "Code sent to their phone" in " ".join(PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())
