"""Account products prepared by one person and brought out by another: verbs and pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import AccountProduct, AccountProductProposal
from accounts.settlement.tests.builders import make_settlement_account
from accounts.settlement.tests.pages import url
from accounts.settlement.tests.terms import make_product
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together

LIST, NEW = reverse("settlement:account_products"), reverse("settlement:account_product_new")
LATER = NOW + timedelta(hours=1)
TOLD = {
    "code": "business", "name_en": "Business account", "name_zh_hans": "对公活期账户",
    "interest_tiers": "0 0.05\n50,000 0.15%", "withholding_rate": "20", "day_count": "act_365f",
    "monthly_fee_amount": "5.00", "fee_free_from_amount": "1000", "overdraft_limit_amount": "0.00",
    "overdraft_annual_rate": "7.3", "idempotency_key": "k",
}  # fmt: skip


def propose(key="k", by="U-ANALYST", **changed):
    told = {
        "name_en": "Business account", "name_zh_hans": "对公活期账户", "currency": "CNY",
        "interest_tiers": [["0", "0.0005"]], "monthly_fee_amount": Decimal("6.00"),
    }  # fmt: skip
    return settlement.propose_account_product("business", key=key, at=NOW, by=by, **told | changed)


@pytest.mark.django_db
class TestPropose:
    def test_brings_nothing_out(self):
        first, second = propose(), propose()
        assert (first, first.status, AccountProduct.objects.count()) == (second, "waiting", 0)

    def test_refuses_the_key_for_other_terms(self):
        propose()
        with pytest.raises(KeyReused):
            propose(monthly_fee_amount=Decimal(7))

    def test_refuses_other_terms_while_some_wait(self):
        propose()
        with pytest.raises(settlement.ProposalWaits):
            propose("k2")

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"interest_tiers": [["5", "0.1"], ["1", "0.2"]]}, settlement.TiersRefused),
            ({"monthly_fee_amount": Decimal("0.001")}, settlement.TermsAmountRefused),
            ({"monthly_fee_amount": Decimal("0.001"), "currency": "KWD"}, settlement.TermsAmountRefused),
            ({"overdraft_limit_amount": Decimal(-1)}, settlement.TermsAmountRefused),
        ],
    )
    def test_refuses_terms_that_make_no_sense(self, changed, refusal):
        with pytest.raises(refusal):
            propose(**changed)


@pytest.mark.django_db
class TestApprove:
    def test_brings_the_next_version_out_and_leaves_open_accounts_alone(self, enterprise):
        first = make_product()
        account = make_settlement_account(enterprise)
        proposal = propose()
        settlement.approve_account_product(proposal, at=LATER, by="U-APPROVER")
        assert (proposal.status, proposal.product.version, proposal.product.monthly_fee_amount) == ("approved", 2, 6)
        assert [each.product for each in account.agreements.all()] == [first]
        event = AuditEvent.objects.get(verb="settlement.terms_approved")
        assert (event.subject, event.by, event.at) == (proposal.reference, "U-APPROVER", LATER)

    def test_is_another_persons(self):
        with pytest.raises(settlement.SamePerson):
            settlement.approve_account_product(propose(), at=LATER, by="U-ANALYST")

    def test_happens_once(self):
        proposal = propose()
        settlement.approve_account_product(proposal, at=LATER, by="U-APPROVER")
        with pytest.raises(settlement.ProposalDecided):
            settlement.decline_account_product(proposal, reason="dear", at=LATER, by="U-APPROVER")


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_wins(bank):
    proposal = propose()

    def decide(by):
        settlement.approve_account_product(AccountProductProposal.objects.get(pk=proposal.pk), at=LATER, by=by)

    outcomes = together(lambda: decide("U-ONE"), lambda: decide("U-TWO"))
    assert sum(isinstance(each, settlement.ProposalDecided) for each in outcomes) == 1
    assert AccountProduct.objects.count() == 1


class TestDecline:
    def test_wants_a_reason_and_leaves_what_is_offered(self, bank):
        proposal, offered = propose(), make_product()
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_account_product(proposal, reason=" ", at=LATER, by="U-APPROVER")
        settlement.decline_account_product(proposal, reason="too dear", at=LATER, by="U-APPROVER")
        assert (proposal.status, AccountProduct.objects.get(is_offered=True)) == ("declined", offered)


class TestPages:
    def test_lead_from_the_list_to_terms_that_are_offered(self, client_of, analyst, approver):
        client = client_of(analyst)
        for _ in range(2):
            answer = client.post(NEW, TOLD)
        proposal = AccountProductProposal.objects.get()
        assert answer["Location"] == url("account_product", proposal)
        assert proposal.tiers == [(Decimal(0), Decimal("0.0005")), (Decimal(50000), Decimal("0.0015"))]
        assert "Bring these terms out" not in client.get(url("account_product", proposal)).content.decode()
        second = client_of(approver)
        assert "Bring these terms out" in second.get(url("account_product", proposal)).content.decode()
        second.post(url("account_product_approve", proposal))
        product = AccountProduct.objects.get()
        assert (product.is_offered, product.brought_out_by) == (True, approver.reference)
        assert "Business account" in second.get(LIST).content.decode()

    def test_prepare_the_next_version_from_the_one_before(self, client_of, analyst):
        page = client_of(analyst).get(f"{NEW}?after={make_product().reference}").content.decode()
        assert 'value="business"' in page

    @pytest.mark.parametrize("tiers", ["a b", "1", "1 2 3"])
    def test_say_what_is_wrong_with_tiers(self, client_of, analyst, tiers):
        page = client_of(analyst).post(NEW, TOLD | {"interest_tiers": tiers})
        assert (page.status_code, "Write two numbers in each line" in page.content.decode()) == (422, True)

    def test_are_for_their_roles(self, client_of, owner, officer, approver):
        proposal = propose()
        assert client_of(owner).get(LIST).status_code == 403
        assert client_of(officer).get(LIST).status_code == 200
        for person in (owner, officer, approver):
            assert client_of(person).get(NEW).status_code == 403
        for person in (owner, officer):
            assert client_of(person).post(url("account_product_approve", proposal)).status_code == 403

    @pytest.mark.parametrize("name", ["account_product_approve", "account_product_decline"])
    def test_take_only_posts_and_only_what_exists(self, client_of, approver, name):
        client = client_of(approver)
        assert client.get(url(name, propose())).status_code == 405
        assert client.post(reverse(f"settlement:{name}", args=["AO-NONE"])).status_code == 404
