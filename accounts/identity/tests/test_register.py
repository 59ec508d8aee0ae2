"""Proofs of registering an enterprise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from accounts.identity import consents, operations
from accounts.identity.models import Consent, Enterprise, Industry
from accounts.identity.operations.agreeing import ConsentMissing
from accounts.identity.operations.register import (
    FoundedInFuture,
    FoundedTooEarly,
    IdentifierInvalid,
    IdentifierTaken,
    IndustryTooBroad,
)
from accounts.identity.tests.builders import NOW, make_user
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Job
from portal.core.refusals import sentence
from portal.core.tests.together import together

USCC = "91330106673959654P"


@pytest.fixture
def details(bank):
    """A new shop, as its owner tells of it."""
    return operations.EnterpriseDetails(
        legal_name="Spring Noodles",
        identifier_kind="uscc",
        identifier=USCC,
        industry=Industry.objects.get(code="4711"),
        setting="town",
        employees=3,
        annual_revenue_amount=Decimal("480000.00"),
        founded_on=date(2021, 3, 1),
        branch=bank.branch,
    )


@pytest.fixture
def person(bank):
    """Someone who has signed up and registered nothing."""
    return make_user("Li Na", phone="+8613600136000")


def register(details, by, *, key="k1", consented_to=consents.CURRENT_VERSION):
    return operations.register_enterprise(details, consented_to=consented_to, key=key, by=by, at=NOW)


class TestRegisterEnterprise:
    def test_makes_the_person_its_owner(self, details, person):
        enterprise = register(details, person)
        assert list(enterprise.memberships.values_list("user", "role", "began_at")) == [(person.pk, "owner", NOW)]
        assert (enterprise.size_class, enterprise.registered_at) == ("micro", NOW)

    def test_keeps_the_identifier_out_of_sight(self, details, person):
        register(details, person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT identifier FROM accounts_enterprise")
            assert USCC not in cursor.fetchone()[0]

    def test_records_who_and_when_and_the_consent(self, details, person):
        enterprise = register(details, person)
        consent = Consent.objects.get(enterprise=enterprise)
        assert (consent.user, consent.purpose, consent.given_at) == (person, "enterprise_data", NOW)
        event = AuditEvent.objects.get(verb="enterprise.registered")
        assert (event.subject, event.by, event.at) == (enterprise.reference, person.reference, NOW)
        assert USCC not in str(event.details)

    def test_sent_twice_registers_once(self, details, person):
        assert register(details, person) == register(details, person)
        assert Enterprise.objects.count() == 1

    def test_refuses_a_key_that_registered_something_else(self, details, person):
        register(details, person)
        with pytest.raises(KeyReused):
            register(replace(details, legal_name="Autumn Noodles"), person)

    def test_refuses_an_identifier_that_is_registered(self, details, person, stranger):
        with pytest.raises(IdentifierTaken):
            register(details, person)
        assert not person.memberships.exists()

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"identifier": "91330106673959654Q"}, IdentifierInvalid),
            ({"identifier_kind": "farm_household"}, IdentifierInvalid),
            ({"founded_on": date(2026, 3, 3)}, FoundedInFuture),
            ({"founded_on": date(1899, 12, 31)}, FoundedTooEarly),
        ],
    )
    def test_refuses(self, details, person, changed, refusal):
        with pytest.raises(refusal):
            register(replace(details, **changed), person)
        assert not Enterprise.objects.exists()

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            ("9133010667395965", "This number has 18 characters; you typed 16."),
            ("91330106673959I54P", "“I”, the character in place 15, cannot stand there."),
            ("91330106673959654Q", "A character of this number is mistyped"),
        ],
    )
    def test_says_what_is_surely_wrong_with_a_number(self, details, person, number, words):
        with pytest.raises(IdentifierInvalid) as refused:
            register(replace(details, identifier=number), person)
        assert words in sentence(refused.value)

    def test_refuses_a_whole_family_of_trades(self, details, person):
        with pytest.raises(IndustryTooBroad):
            register(replace(details, industry=Industry.objects.get(code="47")), person)

    def test_refuses_without_agreement_to_the_current_wording(self, details, person):
        with pytest.raises(ConsentMissing):
            register(details, person, consented_to="")

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_one_wins(self, details, person):
        came = together(*[partial(register, details, person, key=key) for key in ("k1", "k2")])
        assert sorted(type(each).__name__ for each in came) == ["Enterprise", "IdentifierTaken"]
        assert Enterprise.objects.count() == 1


class TestRegisterEnterprises:
    def asked(self, details):
        return {"k1": details, "k2": replace(details, legal_name="Autumn Noodles", identifier="91110108551385082Q")}

    def register(self, asked, person):
        return operations.register_enterprises(asked, consented_to=consents.CURRENT_VERSION, by=person, at=NOW)

    def test_registers_each_as_one_alone_is(self, details, person):
        one, two = self.register(self.asked(details), person)
        assert (one.legal_name, two.legal_name) == ("Spring Noodles", "Autumn Noodles")
        for each in (one, two):
            assert list(each.memberships.values_list("user", "role", "began_at")) == [(person.pk, "owner", NOW)]
            assert Consent.objects.get(enterprise=each).purpose == "enterprise_data"
            verbs = AuditEvent.objects.filter(subject=each.reference).order_by("verb").values_list("verb", flat=True)
            assert list(verbs) == ["enterprise.registered", "identity.agreed"]
            assert Job.objects.filter(name="identity.screen", reference=each.reference, done_at=None).count() == 1

    def test_gives_what_is_registered_already(self, details, person):
        first = register(details, person)
        assert self.register(self.asked(details), person)[0] == first
        assert self.register(self.asked(details), person) == list(Enterprise.objects.order_by("pk"))

    def test_registers_none_where_one_is_refused(self, details, person):
        with pytest.raises(IdentifierTaken):
            self.register({"k1": details, "k2": replace(details, legal_name="Autumn Noodles")}, person)
        assert not Enterprise.objects.exists()


WHO = {
    "legal_name": "Spring Noodles",
    "identifier_kind": "uscc",
    "identifier": "9133 0106 6739 59654p",
    "founded_on": "2021-03-01",
}


@pytest.fixture
def browser(person, client_of):
    """The person's browser."""
    return client_of(person)


def place(bank):
    return {"setting": "village", "branch": bank.branch.pk, "employees": "3", "annual_revenue_amount": "480000"}


def answer_all(browser, bank):
    browser.post(reverse("identity:register_who"), WHO)
    browser.post(reverse("identity:register_industry"), {"industry": "4711"})
    return browser.post(reverse("identity:register_place"), place(bank))


class TestPages:
    def test_lead_from_question_to_question_to_the_enterprise(self, browser, bank, person):
        assert browser.get(reverse("identity:register")).url == reverse("identity:register_who")
        assert browser.post(reverse("identity:register_who"), WHO).url == reverse("identity:register_industry")
        found = browser.get(reverse("identity:register_industry"), {"q": "retail"})
        assert 'value="4711"' in found.text
        assert browser.post(reverse("identity:register_industry"), {"industry": "4711", "q": "retail"}).url == reverse(
            "identity:register_place"
        )
        assert browser.post(reverse("identity:register_place"), place(bank)).url == reverse("identity:register_check")
        page = browser.get(reverse("identity:register_check"))
        assert "91330106673959654P" in page.text
        assert "¥480,000.00" in page.text
        key = page.context["form"]["idempotency_key"].value()
        answer = browser.post(
            reverse("identity:register_check"), {"consent": "on", "idempotency_key": key}, follow=True
        )
        enterprise = Enterprise.objects.visible_to(person).get()
        assert answer.redirect_chain == [(reverse("identity:enterprise", args=[enterprise.reference]), 302)]
        assert "Spring Noodles is registered." in answer.text

    def test_sent_twice_register_once(self, browser, bank):
        answer_all(browser, bank)
        key = browser.get(reverse("identity:register_check")).context["form"]["idempotency_key"].value()
        for _time in range(2):
            answer = browser.post(reverse("identity:register_check"), {"consent": "on", "idempotency_key": key})
        assert answer.url == reverse("identity:enterprises")
        assert Enterprise.objects.count() == 1

    def test_keep_answers_when_one_goes_back(self, browser, bank):
        answer_all(browser, bank)
        assert 'value="91330106673959654P"' in browser.get(reverse("identity:register_who")).text
        assert "checked" in browser.get(reverse("identity:register_industry")).text
        assert 'value="480000"' in browser.get(reverse("identity:register_place")).text

    def test_return_to_the_answers_after_a_change(self, browser, bank):
        answer_all(browser, bank)
        answer = browser.post(reverse("identity:register_who"), WHO | {"legal_name": "Autumn Noodles"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("identity:register_check")
        assert "Autumn Noodles" in answer.text

    def test_ask_first_what_was_skipped(self, browser):
        assert browser.get(reverse("identity:register_check"), follow=True).redirect_chain[-1][0] == reverse(
            "identity:register_who"
        )

    @pytest.mark.parametrize("written", ["12", "9999", "600000000"])
    def test_ask_once_whether_an_unusual_revenue_is_meant(self, browser, bank, written):
        at, told = reverse("identity:register_place"), place(bank) | {"annual_revenue_amount": written}
        page = browser.post(at, told)
        assert "once more as it is." in page.text
        again = told | {"asked_once": page.context["form"]["asked_once"].value()}
        assert 'name="asked_once" value="annual' in page.text
        assert "once more as it is." in browser.post(at, again | {"annual_revenue_amount": "13"}).text
        assert browser.post(at, again).status_code == 302
        assert browser.post(at, told).status_code == 302  # it is what was there before

    def test_ask_in_the_reader_s_words_what_was_meant(self, browser, bank):
        told = place(bank) | {"annual_revenue_amount": "12"}
        browser.cookies["language"] = "zh-hans"
        page = browser.post(reverse("identity:register_place"), told).text
        assert "您填写的是¥12.00。" in page
        assert "¥120,000.00" in page
        assert '<output id="id_annual_revenue_amount_words">12元</output>' in page

    @pytest.mark.parametrize("written", ["0", "10000", "48万"])
    def test_ask_nothing_of_a_usual_revenue(self, browser, bank, written):
        told = place(bank) | {"annual_revenue_amount": written}
        assert browser.post(reverse("identity:register_place"), told).status_code == 302

    def test_say_the_revenue_in_words_before_all_is_sent(self, browser, bank):
        answer_all(browser, bank)
        assert "¥480,000.00 (480 thousand yuan)" in browser.get(reverse("identity:register_check")).text

    def test_hide_the_identifier_in_the_session(self, browser):
        browser.post(reverse("identity:register_who"), WHO)
        assert "91330106673959654P" not in str(dict(browser.session))

    def test_say_near_the_field_that_a_number_is_mistyped(self, browser):
        page = browser.post(reverse("identity:register_who"), WHO | {"identifier": "91330106673959654Q"})
        assert page.status_code == 200
        assert 'id="id_identifier_error"' in page.text
        assert 'value="91330106673959654Q"' in page.text

    def test_tell_nobody_whose_a_registered_number_is(self, browser, stranger):
        page = browser.post(reverse("identity:register_who"), WHO)
        assert "already registered here" in page.text
        assert "Stranger" not in page.text

    def test_say_so_when_someone_else_was_faster(self, browser, bank, request):
        answer_all(browser, bank)
        request.getfixturevalue("stranger")
        page = browser.post(reverse("identity:register_check"), {"consent": "on", "idempotency_key": "k"})
        assert "already registered here" in page.text

    def test_register_nothing_without_agreement(self, browser, bank):
        answer_all(browser, bank)
        assert "Tick the box" in browser.post(reverse("identity:register_check"), {"idempotency_key": "k"}).text
        assert not Enterprise.objects.exists()

    def test_give_htmx_the_found_trades_only(self, browser):
        answer = browser.get(reverse("identity:register_industry"), {"q": "retail"}, headers={"HX-Request": "true"})
        assert 'value="4711"' in answer.text
        assert "<html" not in answer.text

    def test_say_that_nothing_was_found(self, browser):
        assert "Nothing found" in browser.get(reverse("identity:register_industry"), {"q": "zeppelin"}).text

    def test_say_what_to_type_when_the_search_is_empty(self, browser, bank):
        browser.post(reverse("identity:register_who"), WHO)
        place, said = reverse("identity:register_industry"), "Type what the enterprise does or sells"
        assert [said in browser.get(place, asked).text for asked in ({}, {"q": " "})] == [False, True]

    def test_guess_the_trade_by_the_name(self, browser, bank):
        operations.load_industries()
        browser.post(reverse("identity:register_who"), {**WHO, "legal_name": "Spring Noodle Shop"})
        page = browser.get(reverse("identity:register_industry")).text
        assert "By its name it may be one of these" in page
        assert 'value="5610" id="industry_5610" checked' in page
        assert "noodle shop, restaurant, snack bar, breakfast stall" in page

    def test_come_near_where_no_trade_fits_and_then_choose_none(self, browser, bank):
        operations.load_industries()
        page = browser.get(reverse("identity:register_industry"), {"q": "采茶"}).text
        assert "These come nearest" in page
        assert 'value="0127"' in page
        assert "checked" not in page

    def test_name_the_missing_choice_in_the_readers_language(self, browser, bank):
        page = browser.post(reverse("identity:register_industry"), {}, headers={"Accept-Language": "zh-hans"}).text
        assert "Industry" not in page

    def test_take_no_year_of_three_digits(self, browser):
        assert (
            "Check the year." in browser.post(reverse("identity:register_who"), WHO | {"founded_on": "0209-05-01"}).text
        )

    def test_take_no_family_of_trades(self, browser):
        assert browser.post(reverse("identity:register_industry"), {"industry": "47"}).status_code == 200

    @pytest.mark.parametrize(
        "step", ["register", "register_who", "register_industry", "register_place", "register_check"]
    )
    def test_are_not_for_staff(self, client_of, officer, step):
        assert client_of(officer).get(reverse(f"identity:{step}")).status_code == 403

    @pytest.mark.parametrize(
        "step", ["register", "register_who", "register_industry", "register_place", "register_check"]
    )
    def test_refuse_another_method(self, browser, step):
        assert browser.put(reverse(f"identity:{step}")).status_code == 405

    def test_ask_strangers_to_sign_in(self, client, db):
        assert client.get(reverse("identity:register_who")).url.startswith(reverse("account_login"))

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_speak(self, browser, bank, language):
        answer_all(browser, bank)
        browser.cookies["language"] = language
        for step in ("who", "industry", "place", "check"):
            page = browser.get(reverse(f"identity:register_{step}"))
            assert (page.status_code, f'lang="{language}"' in page.text) == (200, True)
