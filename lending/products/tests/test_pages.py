"""Proofs of the pages of products: prepared by one person, approved by another, shown to everyone."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import User
from accounts.identity.tests.builders import machine, make_user
from lending.products import files, queries
from lending.products.forms import ProductForm, initial_of
from lending.products.models import LoanProduct
from lending.products.tests.builders import NOW, make_product, prepare_product
from portal.core.editions import Status

ASKED = {
    "code": "quick",
    "name_en": "Quick",
    "name_zh_hans": "快贷",
    "summary_en": "For goods.",
    "summary_zh_hans": "用于进货。",
    "min_amount": "3000",
    "max_amount": "200000",
    "min_term_months": "3",
    "max_term_months": "24",
    "min_annual_rate": "5.8",
    "max_annual_rate": "13.8",
    "upfront_fee_rate": "0.5",
    "interest_method": "equal_installments",
    "frequency": "month",
    "every": "1",
    "month_end": "clamp",
    "business_day_rule": "following",
    "principal_grace": "0",
    "interest_grace": "0",
    "interest_free": "0",
    "deferred_interest": "spread",
    "day_count": "act_365f",
    "interest_period": "daily",
    "rounding": "ROUND_HALF_UP",
    "balloon_rate": "0",
    "allocation_order": "by_installment",
    "late_rate_markup": "50",
    "late_grace_days": "3",
    "late_on_interest": "on",
}


def url(name: str, product: LoanProduct) -> str:
    return reverse(f"products:{name}", args=[product.code, product.version])


@pytest.fixture
def draft(bank):
    return prepare_product()


class TestNew:
    def test_prepares_a_product_with_rates_as_fractions(self, administrator, client_of):
        answer = client_of(administrator).post(reverse("products:new"), ASKED)
        product = LoanProduct.objects.get()
        assert answer.url == url("version", product)
        assert (product.min_annual_rate, product.upfront_fee_rate) == (Decimal("0.058"), Decimal("0.005"))
        assert (product.status, product.prepared_by) == (Status.DRAFT, administrator.reference)

    def test_says_at_the_field_what_contradicts_itself(self, administrator, client_of):
        wrong = ASKED | {"interest_method": "interest_only", "principal_months": ["10"]}
        answer = client_of(administrator).post(reverse("products:new"), wrong)
        assert answer.status_code == 422
        assert answer.context["form"].errors["principal_months"]
        assert not LoanProduct.objects.exists()

    def test_sent_twice_is_prepared_once(self, administrator, client_of):
        client = client_of(administrator)
        client.post(reverse("products:new"), ASKED)
        assert client.post(reverse("products:new"), ASKED).status_code == 422
        assert LoanProduct.objects.count() == 1

    @pytest.mark.parametrize("person", ["officer", "approver", "auditor", "owner"])
    def test_is_closed_to_others(self, person, request, client_of):
        client = client_of(request.getfixturevalue(person))
        assert client.get(reverse("products:new")).status_code == 403
        assert client.post(reverse("products:new"), ASKED).status_code == 403


class TestNextVersion:
    def test_begins_with_what_the_version_says(self, bank, analyst, client_of):
        product = make_product(upfront_fee_rate=Decimal("0.005"), principal_months=[10, 11])
        page = client_of(analyst).get(url("next", product))
        form = page.context["form"]
        assert (form["upfront_fee_rate"].value(), form["principal_months"].value()) == ("0.5", [10, 11])

    def test_prepares_it(self, bank, analyst, client_of):
        answer = client_of(analyst).post(url("next", make_product()), ASKED | {"max_amount": "90000"})
        assert answer.status_code == 302
        assert LoanProduct.objects.get(version=2).max_amount == 90000

    def test_while_one_waits_is_refused(self, bank, analyst, client_of):
        product = make_product()
        prepare_product()
        assert client_of(analyst).post(url("next", product), ASKED).status_code == 422


class TestChange:
    def test_changes_a_draft(self, draft, analyst, client_of):
        assert client_of(analyst).post(url("change", draft), ASKED | {"max_amount": "90000"}).status_code == 302
        draft.refresh_from_db()
        assert (draft.max_amount, draft.prepared_by) == (90000, analyst.reference)

    def test_of_what_was_approved_does_not_exist(self, bank, analyst, client_of):
        assert client_of(analyst).get(url("change", make_product())).status_code == 404


class TestVersion:
    def test_shows_the_conventions_and_an_example_with_its_cost(self, draft, analyst, client_of):
        page = client_of(analyst).get(url("version", draft)).content.decode()
        assert "Oldest installment first" in page
        assert "Yearly cost (APR)" in page

    def test_works_out_the_example_that_is_asked_for(self, draft, analyst, client_of):
        asked = {"amount": "5000", "term_months": "6", "annual_rate": "10"}
        example = client_of(analyst).get(url("version", draft), asked).context["example"]
        assert (example.amount, example.term_months, example.annual_rate) == (5000, 6, Decimal("0.1"))

    @pytest.mark.parametrize(
        "asked", [{"amount": "1"}, {"term_months": "99"}, {"annual_rate": "99"}, {"amount": "much"}]
    )
    def test_refuses_an_example_outside_the_product(self, asked, draft, analyst, client_of):
        page = client_of(analyst).get(url("version", draft), asked)
        assert (page.status_code, page.context["example"]) == (200, None)

    def test_offers_no_approval_to_whoever_prepared_it(self, bank, administrator, client_of):
        client_of(administrator).post(reverse("products:new"), ASKED)
        page = client_of(administrator).get(url("version", LoanProduct.objects.get()))
        assert page.context["approve_form"] is None
        assert b"A colleague must approve it" in page.content

    def test_that_is_not_there_does_not_exist(self, bank, analyst, client_of):
        assert client_of(analyst).get(reverse("products:version", args=["quick", 7])).status_code == 404

    def test_is_closed_to_owners(self, draft, owner, client_of):
        assert client_of(owner).get(url("version", draft)).status_code == 403


class TestApprove:
    def sent(self, draft: LoanProduct, **changed: str) -> dict[str, str]:
        return {"offered_from": timezone.localdate().isoformat(), "seen": draft.fingerprint} | changed

    def test_offers_it_from_its_day(self, draft, approver, client_of):
        assert client_of(approver).post(url("approve", draft), self.sent(draft)).status_code == 302
        assert list(queries.offered(timezone.localdate())) == [draft]

    def test_twice_happens_once(self, draft, approver, client_of):
        for _time in range(2):
            client_of(approver).post(url("approve", draft), self.sent(draft))
        draft.refresh_from_db()
        assert draft.approved_by == approver.reference

    def test_leads_whoever_read_something_else_to_what_waits_now(self, draft, approver, client_of):
        answer = client_of(approver).post(url("approve", draft), self.sent(draft, seen="other"), follow=True)
        assert "has changed since you looked" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.status == "draft"

    @pytest.mark.parametrize("changed", [{"offered_from": "2020-01-01"}, {"offered_from": ""}])
    def test_refuses_a_day_that_is_past_or_none(self, changed, draft, approver, client_of):
        answer = client_of(approver).post(url("approve", draft), self.sent(draft, **changed))
        assert answer.status_code == 422
        assert not queries.offered(timezone.localdate()).exists()

    def test_refuses_the_person_who_prepared_it(self, bank, administrator, client_of):
        client = client_of(administrator)
        client.post(reverse("products:new"), ASKED)
        client.post(url("approve", LoanProduct.objects.get()), self.sent(LoanProduct.objects.get()))
        assert not queries.offered(timezone.localdate()).exists()

    @pytest.mark.parametrize("person", ["officer", "auditor", "owner"])
    def test_is_closed_to_others(self, person, request, draft, client_of):
        answer = client_of(request.getfixturevalue(person)).post(url("approve", draft), self.sent(draft))
        assert answer.status_code == 403


class TestDiscardAndWithdraw:
    def test_discard_a_draft(self, draft, administrator, client_of):
        client_of(administrator).post(url("discard", draft))
        draft.refresh_from_db()
        assert draft.status == Status.DISCARDED

    def test_withdraw_what_is_offered(self, bank, administrator, client_of):
        product = make_product()
        client_of(administrator).post(url("withdraw", product))
        assert not queries.offered(timezone.localdate()).exists()

    @pytest.mark.parametrize("name", ["approve", "discard", "withdraw"])
    def test_take_only_posts(self, name, draft, administrator, client_of):
        assert client_of(administrator).get(url(name, draft)).status_code == 405

    @pytest.mark.parametrize("name", ["discard", "withdraw"])
    def test_are_closed_to_an_approver(self, name, draft, approver, client_of):
        assert client_of(approver).post(url(name, draft)).status_code == 403


class TestDesk:
    def test_lists_every_version_and_what_waits_first(self, draft, auditor, client_of):
        make_product("harvest")
        rows = client_of(auditor).get(reverse("products:desk")).context["rows"]
        assert [row["product"].reference for row in rows] == ["quick/1", "harvest/1"]

    def test_names_what_is_in_another_currency(self, bank, analyst, client_of, settings):
        make_product()
        client, words = client_of(analyst), "in another currency than the bank"
        assert words not in client.get(reverse("products:desk")).text
        settings.BANK_CURRENCY = "JPY"
        assert words in client.get(reverse("products:desk")).text

    def test_is_closed_to_owners_and_course_editors(self, bank, owner, course_editor, client_of):
        for person in (owner, course_editor):
            assert client_of(person).get(reverse("products:desk")).status_code == 403

    def test_costs_the_same_however_many(self, analyst, client_of, django_assert_max_num_queries):
        for number in range(30):
            make_product(f"p{number}")
        client = client_of(analyst)
        with django_assert_max_num_queries(5):
            client.get(reverse("products:desk"))


class TestPublic:
    def test_shows_anyone_what_it_costs_by_example(self, bank, client):
        make_product(sections=["A"], documents=["premises"])
        page = client.get(reverse("products:public", args=["quick"]))
        assert [each.annual_rate for each in page.context["examples"]] == [Decimal("0.058"), Decimal("0.138")]
        assert "Agriculture, forestry and fishing" in page.content.decode()
        assert "Photo of the premises or fields" in page.content.decode()

    def test_says_once_what_holds_for_all_examples(self, bank, client):
        make_product(late_rate_markup=Decimal("0.5"))
        page = client.get(reverse("products:public", args=["quick"]))
        assert len(page.context["examples"]) == 2
        assert page.content.decode().count("late interest is not in it") == 1

    def test_of_a_draft_does_not_exist(self, draft, client):
        assert client.get(reverse("products:public", args=["quick"])).status_code == 404

    def test_is_for_reading(self, bank, client):
        make_product()
        assert client.post(reverse("products:public", args=["quick"])).status_code == 405


class TestApi:
    def test_lists_what_is_offered(self, owner, draft):
        offered = make_product("harvest", sections=["A"])
        rows = machine(owner).get("/api/v1/products").json()["results"]
        assert [(row["code"], row["sections"], row["min_annual_rate"]) for row in rows] == [
            (offered.code, ["A"], "0.058000")
        ]

    def test_reads_one(self, owner):
        make_product()
        assert machine(owner).get("/api/v1/products/quick").json()["allocation_order"] == "by_installment"

    def test_does_not_know_a_draft(self, owner, draft):
        assert machine(owner).get("/api/v1/products/quick").status_code == 404

    def test_asks_for_a_token(self, client, draft):
        assert client.get("/api/v1/products").status_code == 401


@pytest.mark.django_db(transaction=True)
class TestLoadProducts:
    @pytest.fixture
    def person(self, bank) -> User:
        return make_user("Min Luo", phone="+8613800138009", role="administrator", branch=bank.head_office)

    def test_prepares_the_shipped_example_for_approval(self, person, capsys):
        call_command("load_products", "--by", person.phone)
        made = LoanProduct.objects.order_by("code")
        assert {each.code for each in made} == {row["code"] for row in files.read(files.STARTING)}
        assert {(each.status, each.prepared_by) for each in made} == {(Status.DRAFT, person.reference)}

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"min_amount": "much"}, "min_amount"),
            ({"max_amount": "1"}, "must not be smaller"),
            ({"price": 3}, "there is no field price"),
            ({"name_en": None}, "the field name_en is missing"),
        ],
    )
    def test_refuses_a_file_that_is_wrong_and_prepares_nothing(self, person, tmp_path, changed, says):
        rows = files.read(files.STARTING)
        last = {name: value for name, value in (rows[-1] | changed).items() if value is not None}
        (tmp_path / "products.json").write_text(json.dumps([*rows[:-1], last]))
        with pytest.raises(CommandError, match=says):
            call_command("load_products", tmp_path / "products.json", "--by", person.phone)
        assert not LoanProduct.objects.exists()

    def test_refuses_what_is_no_list(self, person, tmp_path):
        (tmp_path / "products.json").write_text("{}")
        with pytest.raises(CommandError, match="not a JSON list"):
            call_command("load_products", tmp_path / "products.json", "--by", person.phone)

    def test_refuses_a_person_who_is_not_on_the_staff(self, bank):
        with pytest.raises(CommandError, match="Nobody on the staff"):
            call_command("load_products", "--by", "+8613800138001")


class TestForm:
    def test_read_back_says_what_was_approved(self, bank):
        product = make_product(upfront_fee_rate=Decimal("0.0125"), due_day=20, principal_months=[10, 12])
        form = ProductForm(
            {name: "" if value is None else value for name, value in initial_of(product).items()},
            today=NOW.date() + timedelta(days=1),
            code="quick",
        )
        assert form.is_valid(), form.errors
        again = LoanProduct(**form.content())
        assert again.fingerprint == product.fingerprint
