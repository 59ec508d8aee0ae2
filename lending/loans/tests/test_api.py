"""The whole way by machine: token, application, documents, decision, loan, repayment, and balanced books."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.cashflow.tasks import read
from accounts.cashflow.tests.builders import make_parsed, make_upload
from accounts.identity.tests.builders import machine, make_checked
from accounts.ledger import queries as books
from accounts.settlement import operations as settlement
from accounts.statements.writing import as_csv
from lending.applications import operations as applications
from lending.applications.models import Application, ApplicationDocument
from lending.applications.tasks import decide
from lending.applications.tests.builders import (
    make_approved,
    make_draft,
    make_evidence,
    make_picture,
    make_rules,
    sound_lines,
)
from lending.loans import operations as loans
from lending.loans.models import Loan, Repayment
from lending.loans.queries import discrepancies
from lending.loans.tests.builders import make_loan, sent_code
from lending.products.tests.builders import make_product
from portal.core.models import Job

ROOT = "/api/v1"


@pytest.fixture(autouse=True)
def product(bank):
    make_rules()
    return make_product()


def run_jobs():
    """Do the background work that waits, as a worker does."""
    tasks = {"cashflow.read": read, "lending.decide": decide}
    for job in Job.objects.filter(done_at=None, name__in=tasks).order_by("pk"):
        tasks[job.name](job.reference)


ASKED = {"product": "quick", "requested_amount": "20000.00", "term_months": 12, "purpose": "stock"}


def begin(client, enterprise, *, key="k", **changed):
    told = ASKED | {"enterprise": enterprise.reference} | changed
    return client.post(f"{ROOT}/applications", told, format="json", headers={"Idempotency-Key": key})


class TestTheWholeWay:
    def test_ends_with_a_repaid_installment_and_balanced_books(self, owner, enterprise):
        client = machine(owner)
        [mine] = client.get(f"{ROOT}/enterprises").json()["results"]
        assert mine["reference"] == enterprise.reference

        application = begin(client, enterprise)
        assert (application.status_code, application.json()["status"]) == (201, "draft")
        place = f"{ROOT}/applications/{application.json()['reference']}"

        today = timezone.localdate()
        year = as_csv(
            make_parsed(list(sound_lines(last=today - timedelta(days=1))), holder="Green Tea Shop", opening="30000.00")
        )
        sent = client.post(
            f"{ROOT}/enterprises/{enterprise.reference}/statements",
            {"file": make_upload(year)},
            headers={"Idempotency-Key": "year"},
        )
        assert sent.status_code == 202
        document = {"kind": "license", "file": make_picture()}
        kept = client.post(f"{place}/documents", document, headers={"Idempotency-Key": "license"})
        assert (kept.status_code, kept.json()["media_type"]) == (201, "image/jpeg")

        checks = f"{ROOT}/enterprises/{enterprise.reference}/checks"
        assert client.get(checks).json()["identity_verified"] is None
        make_checked(enterprise)  # by somebody of the bank, who has seen the papers
        assert client.get(checks).json()["identity_verified"] is True

        submitted = client.post(f"{place}/submission")
        assert (submitted.status_code, submitted.json()["status"]) == (202, "submitted")
        assert client.get(f"{place}/decision").status_code == 404
        run_jobs()
        decision = client.get(f"{place}/decision").json()
        assert (decision["outcome"], decision["status"], decision["offer"]["approved_amount"]) == (
            "approved",
            "approved",
            "20000.00",
        )

        self.sign(owner, enterprise)  # a person's act: with password and code, never by a token
        [loan] = client.get(f"{ROOT}/loans").json()["results"]
        schedule = client.get(f"{ROOT}/loans/{loan['reference']}").json()["installments"]
        assert (loan["principal_amount"], len(schedule)) == ("20000.00", 12)

        first = schedule[0]
        due = f"{float(first['principal_amount']) + float(first['interest_amount']):.2f}"
        repaid = client.post(
            f"{ROOT}/loans/{loan['reference']}/repayments",
            {"amount": due},
            format="json",
            headers={"Idempotency-Key": "first"},
        )
        assert (repaid.status_code, repaid.json()["amount"]) == (201, due)
        paid = client.get(f"{ROOT}/loans/{loan['reference']}").json()["installments"][0]
        assert (paid["principal_paid_amount"], paid["interest_paid_amount"]) == (
            first["principal_amount"],
            first["interest_amount"],
        )
        trial = books.trial_balance(today)
        assert trial.debit_total == trial.credit_total > 0
        assert discrepancies() == []
        call_command("check_books")

    def sign(self, owner, enterprise):
        now = timezone.now()
        offer = Application.objects.get().offer
        account = settlement.open_account(enterprise, by=owner.reference, at=now)
        code = sent_code(offer, to=owner, at=now)
        loans.sign(offer, account=account, code=code, by=owner, at=now, on=timezone.localdate(now))


class TestApplications:
    def test_begun_twice_with_one_key_are_one(self, owner, enterprise):
        client = machine(owner)
        assert begin(client, enterprise).json() == begin(client, enterprise).json()
        assert Application.objects.count() == 1

    def test_refuse_a_key_used_for_something_else(self, owner, enterprise):
        client = machine(owner)
        begin(client, enterprise)
        refused = begin(client, enterprise, term_months=6)
        assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")

    def test_refuse_without_a_key(self, owner, enterprise):
        refused = begin(machine(owner), enterprise, key="")
        assert (refused.status_code, refused.json()["code"]) == (400, "key_missing")

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"requested_amount": "1"}, 422),
            ({"requested_amount": "20000.001"}, 400),
            ({"requested_amount": "NaN"}, 400),
            ({"requested_amount": -5}, 422),
            ({"term_months": 99}, 422),
            ({"purpose": "fun"}, 400),
            ({"product": "gold"}, 404),
        ],
    )
    def test_refuse_nonsense_as_problem_details(self, owner, enterprise, changed, status):
        refused = begin(machine(owner), enterprise, **changed)
        assert (refused.status_code, refused["Content-Type"], refused.json()["status"]) == (
            status,
            "application/problem+json",
            status,
        )
        assert not Application.objects.exists()

    def test_tell_a_refusal_as_code_figures_and_sentence(self, owner, enterprise):
        told = begin(machine(owner), enterprise, requested_amount="1").json()
        assert (told["code"], told["params"]["least"]) == ("amount_outside_product", "3000.00")
        assert told["detail"] == "This product lends between ¥3,000.00 and ¥200,000.00."

    def test_of_others_do_not_exist(self, owner, stranger, enterprise):
        application = make_draft(enterprise, by=owner)
        client = machine(stranger)
        place = f"{ROOT}/applications/{application.reference}"
        assert client.get(f"{ROOT}/applications").json()["results"] == []
        assert [client.get(f"{place}{path}").status_code for path in ("", "/decision")] == [404, 404]
        assert [client.post(f"{place}{path}").status_code for path in ("/submission", "/documents")] == [404, 404]
        assert begin(client, enterprise).status_code == 404

    def test_are_prepared_by_managers_and_sent_by_owners(self, manager, enterprise):
        make_evidence(enterprise)
        client = machine(manager)
        place = f"{ROOT}/applications/{begin(client, enterprise).json()['reference']}"
        assert client.post(f"{place}/submission").status_code == 403
        assert Application.objects.get().status == "draft"

    def test_sent_twice_are_sent_once(self, owner, enterprise):
        make_evidence(enterprise)
        client = machine(owner)
        place = f"{ROOT}/applications/{begin(client, enterprise).json()['reference']}"
        assert [client.post(f"{place}/submission").status_code for _ in range(2)] == [202, 202]
        assert Job.objects.filter(name="lending.decide").count() == 1

    def test_take_a_document_once(self, owner, enterprise):
        client = machine(owner)
        place = f"{ROOT}/applications/{begin(client, enterprise).json()['reference']}/documents"
        for _ in range(2):
            client.post(place, {"kind": "license", "file": make_picture()}, headers={"Idempotency-Key": "k"})
        assert ApplicationDocument.objects.count() == 1

    def test_are_paged_by_cursor(self, owner, enterprise, django_assert_max_num_queries):
        for number in range(3):
            application = make_draft(enterprise, by=owner, key=str(number))
            applications.withdraw(application, by=owner, at=timezone.now())
        client = machine(owner)
        with django_assert_max_num_queries(8):
            first = client.get(f"{ROOT}/applications?page_size=2").json()
        assert (len(first["results"]), len(client.get(first["next"]).json()["results"])) == (2, 1)

    @pytest.mark.parametrize("path", ["applications", "loans"])
    def test_answer_nobody_without_a_token(self, enterprise, path):
        assert APIClient().get(f"{ROOT}/{path}").status_code == 401

    def test_tell_reasons_and_keep_the_score_with_the_bank(self, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        told = machine(owner).get(f"{ROOT}/applications/{application.reference}/decision").json()
        assert {"code", "params", "sentence", "topic"} == set(told["reasons"][0])
        assert not {"points", "grade", "probability_of_default"} & set(told)


class TestLoans:
    @pytest.fixture
    def loan(self, enterprise, owner):
        return make_loan(enterprise, by=owner)

    def repay(self, client, loan, amount, key="k"):
        place = f"{ROOT}/loans/{loan.reference}/repayments"
        return client.post(place, {"amount": amount}, format="json", headers={"Idempotency-Key": key})

    def test_repaid_twice_with_one_key_are_repaid_once(self, owner, loan):
        client = machine(owner)
        assert self.repay(client, loan, "10.00").json() == self.repay(client, loan, "10.00").json()
        assert Repayment.objects.count() == 1
        assert [
            each["amount"] for each in client.get(f"{ROOT}/loans/{loan.reference}/repayments").json()["results"]
        ] == ["10.00"]

    @pytest.mark.parametrize(
        ("amount", "status", "code"),
        [
            ("0", 422, "amount_not_positive"),
            ("-1", 422, "amount_not_positive"),
            ("99999", 422, "more_than_open"),
            ("20500", 422, "insufficient_funds"),
            ("0.001", 400, "invalid"),
        ],
    )
    def test_refuse_what_cannot_be_repaid(self, owner, loan, amount, status, code):
        refused = self.repay(machine(owner), loan, amount)
        assert (refused.status_code, refused.json()["code"]) == (status, code)

    def test_refuse_without_a_key(self, owner, loan):
        assert self.repay(machine(owner), loan, "10.00", key="").status_code == 400

    def test_are_repaid_by_owners(self, manager, loan):
        assert self.repay(machine(manager), loan, "10.00").status_code == 403

    def test_of_others_do_not_exist(self, stranger, loan):
        client = machine(stranger)
        place = f"{ROOT}/loans/{loan.reference}"
        assert client.get(f"{ROOT}/loans").json()["results"] == []
        assert [client.get(f"{place}{path}").status_code for path in ("", "/repayments")] == [404, 404]
        assert self.repay(client, loan, "10.00").status_code == 404

    def test_cannot_be_signed_by_a_token(self, owner, loan):
        assert machine(owner).post(f"{ROOT}/loans").status_code == 405
        assert Loan.objects.count() == 1
