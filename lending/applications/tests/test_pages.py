"""Pages of the case, by the litany."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.cashflow.models import StatementImport
from accounts.cashflow.tests.builders import make_received
from accounts.identity.models import Branch, Clearance, Enterprise
from accounts.identity.tests.builders import make_checked, make_enterprise, make_paper, make_user
from lending.applications import operations as applications
from lending.applications.models import Application, ApplicationDocument, Review
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    conclude,
    make_approved,
    make_approver,
    make_declined,
    make_draft,
    make_evidence,
    make_in,
    make_picture,
    make_recommended,
    make_referred,
    make_rules,
    make_submitted,
    recommend,
)
from lending.products.tests.builders import make_product

ASKED = {"amount": "20,000", "term_months": "12", "purpose": "stock", "note": "A freezer.", "idempotency_key": "k"}
OWN_PAGES = ("detail", "change", "documents", "evidence", "check")
ACTS = ("withdraw", "recommend", "conclude")


@pytest.fixture(autouse=True)
def product(bank):
    return make_product()


@pytest.fixture
def draft(enterprise, owner):
    make_evidence(enterprise)
    return make_draft(enterprise, by=owner)


@pytest.fixture
def second(bank):
    return make_approver(bank.branch)


def url(name, application, *more):
    return reverse(f"applications:{name}", args=[application.reference, *more])


def begin_url(enterprise, product="quick"):
    return reverse("applications:begin", args=[enterprise.reference, product])


def shown(response):
    return " ".join(response.content.decode().split())


class TestEveryPage:
    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_works_for_owner_and_manager(self, client_of, owner, manager, draft, name):
        assert [client_of(each).get(url(name, draft)).status_code for each in (owner, manager)] == [200, 200]

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_works_in_chinese(self, client_of, owner, draft, name):
        response = client_of(owner).get(url(name, draft), headers={"accept-language": "zh-hans"})
        assert response.status_code == 200

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_does_not_exist_for_a_stranger(self, client_of, stranger, draft, name):
        assert client_of(stranger).get(url(name, draft)).status_code == 404

    @pytest.mark.parametrize("name", ["change", "documents", "evidence", "check", "withdraw"])
    def test_takes_nothing_from_a_stranger(self, client_of, stranger, draft, name):
        assert client_of(stranger).post(url(name, draft), ASKED).status_code == 404

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_of_a_draft_does_not_exist_for_staff(self, client_of, officer, auditor, draft, name):
        assert [client_of(each).get(url(name, draft)).status_code for each in (officer, auditor)] == [404, 404]

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_sends_a_passer_by_to_sign_in(self, client, draft, name):
        assert client.get(url(name, draft)).status_code == 302

    @pytest.mark.parametrize("name", ACTS)
    def test_that_acts_takes_only_posts(self, client_of, owner, draft, name):
        assert client_of(owner).get(url(name, draft)).status_code == 405

    def test_that_shows_takes_only_gets(self, client_of, owner, draft):
        assert client_of(owner).post(url("detail", draft)).status_code == 405
        assert client_of(owner).post(reverse("applications:list")).status_code == 405


class TestList:
    def test_shows_ones_own_and_nobody_elses(self, client_of, owner, stranger, draft):
        assert draft.reference in shown(client_of(owner).get(reverse("applications:list")))
        assert draft.reference not in shown(client_of(stranger).get(reverse("applications:list")))

    def test_costs_the_same_however_many(self, client_of, owner, enterprise, django_assert_max_num_queries):
        for number in range(25):
            applications.withdraw(make_draft(enterprise, by=owner, key=str(number)), by=owner, at=NOW)
        client = client_of(owner)
        with django_assert_max_num_queries(9):
            assert "Page 1 of 2" in shown(client.get(reverse("applications:list")))


class TestChooseProduct:
    def test_offers_what_the_bank_offers(self, client_of, owner, enterprise):
        page = shown(client_of(owner).get(reverse("applications:choose_product", args=[enterprise.reference])))
        assert "¥3,000 to ¥200,000" in page
        assert begin_url(enterprise) in page

    def test_leads_to_the_open_application_instead(self, client_of, owner, enterprise, draft):
        page = shown(client_of(owner).get(reverse("applications:choose_product", args=[enterprise.reference])))
        assert url("detail", draft) in page
        assert begin_url(enterprise) not in page

    def test_does_not_exist_for_a_stranger(self, client_of, stranger, enterprise):
        address = reverse("applications:choose_product", args=[enterprise.reference])
        assert client_of(stranger).get(address).status_code == 404


class TestBegin:
    def test_begins_a_draft_from_what_people_write(self, client_of, owner, enterprise):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"amount": "２０,０００"})
        application = Application.objects.get()
        assert (response.status_code, response["Location"]) == (302, url("detail", application))
        assert application.requested_amount == 20000

    def test_sent_twice_begins_once(self, client_of, owner, enterprise):
        client = client_of(owner)
        places = {client.post(begin_url(enterprise), ASKED)["Location"] for _ in range(2)}
        assert len(places) == Application.objects.count() == 1

    def test_says_what_is_wrong_and_keeps_what_was_written(self, client_of, owner, enterprise):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"amount": "2,000", "note": "My words"})
        assert response.status_code == 422
        assert "Enter an amount between ¥3,000 and ¥200,000." in shown(response)
        assert 'value="2,000"' in shown(response)
        assert "My words" in shown(response)

    def test_says_that_another_is_open(self, client_of, owner, enterprise, draft):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"idempotency_key": "other"})
        assert response.status_code == 422
        assert "There is already an open application of this enterprise." in shown(response)
        assert url("detail", draft) in shown(response)

    def test_leads_to_the_open_application_before_anything_is_filled_in(self, client_of, owner, enterprise, draft):
        places = reverse("applications:choose_product", args=[enterprise.reference])
        assert client_of(owner).get(begin_url(enterprise))["Location"] == places

    @pytest.mark.parametrize("changed", [{"amount": "abc"}, {"amount": "0"}, {"term_months": "7.5"}, {"purpose": "x"}])
    def test_refuses_nonsense(self, client_of, owner, enterprise, changed):
        assert client_of(owner).post(begin_url(enterprise), ASKED | changed).status_code == 422
        assert not Application.objects.exists()

    def test_does_not_exist_for_a_stranger_or_an_unknown_product(self, client_of, owner, stranger, enterprise):
        assert client_of(stranger).post(begin_url(enterprise), ASKED).status_code == 404
        assert client_of(owner).get(begin_url(enterprise, "gold")).status_code == 404


class TestChange:
    def test_changes_a_draft(self, client_of, manager, draft):
        response = client_of(manager).post(url("change", draft), ASKED | {"amount": "30000"})
        draft.refresh_from_db()
        assert (response.status_code, draft.requested_amount) == (302, 30000)

    def test_shows_what_was_asked_for(self, client_of, owner, draft):
        assert 'value="20000.00"' in shown(client_of(owner).get(url("change", draft)))

    def test_of_what_was_sent_leads_back(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        assert client_of(owner).get(url("change", application))["Location"] == url("detail", application)


class TestDocuments:
    def add(self, client, draft, **changed):
        told = {"kind": "license", "file": make_picture(), "idempotency_key": "k"} | changed
        return client.post(url("documents", draft), told)

    def test_are_added_handed_out_and_removed(self, client_of, owner, draft):
        client = client_of(owner)
        assert self.add(client, draft).status_code == 302
        document = ApplicationDocument.objects.get()
        response = client.get(url("document", draft, document.pk))
        assert response["Content-Disposition"] == 'attachment; filename="license.jpg"'
        assert b"".join(response.streaming_content)
        client.post(url("remove_document", draft, document.pk))
        assert client.get(url("document", draft, document.pk)).status_code == 404

    def test_sent_twice_are_kept_once(self, client_of, owner, draft):
        client = client_of(owner)
        for _ in range(2):
            self.add(client, draft)
        assert ApplicationDocument.objects.count() == 1

    def test_say_what_is_wrong_with_a_file(self, client_of, owner, draft):
        upload = make_picture("program.png")
        upload.file.write(b"MZ")
        response = self.add(client_of(owner), draft, file=upload.__class__("program.png", b"MZ, a program"))
        assert response.status_code == 422
        assert "program.png is not a picture" in shown(response)

    def test_of_a_case_go_to_those_who_may_see_it(self, client_of, owner, officer, stranger, draft):
        self.add(client_of(owner), draft)
        applications.submit(draft, by=owner, at=NOW)
        document = ApplicationDocument.objects.get()
        response = client_of(officer).get(url("document", draft, document.pk))
        assert response.status_code == 200
        assert b"".join(response.streaming_content)
        assert client_of(stranger).get(url("document", draft, document.pk)).status_code == 404
        assert client_of(officer).post(url("remove_document", draft, document.pk)).status_code == 404

    def test_of_a_closed_case_are_only_shown(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        assert "<form" not in shown(client_of(owner).get(url("documents", draft))).split("<main")[1]


class TestEvidence:
    def test_is_received(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        told = {"file": make_picture("statement.csv"), "idempotency_key": "k"}
        client = client_of(owner)
        assert client.post(url("evidence", draft), told).status_code == 302
        assert StatementImport.objects.get().enterprise == enterprise

    def test_sent_twice_is_received_once(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        client = client_of(owner)
        for _ in range(2):
            client.post(url("evidence", draft), {"file": make_picture("s.csv"), "idempotency_key": "k"})
        assert StatementImport.objects.count() == 1

    def test_that_is_being_read_asks_again_by_itself(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        make_received(enterprise, b"being read")
        assert "hx-trigger" in shown(client_of(owner).get(url("evidence", draft)))

    def test_of_a_closed_case_leads_back(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        assert client_of(owner).get(url("evidence", draft)).status_code == 302


class TestCheck:
    def test_lists_what_was_given(self, client_of, owner, draft):
        page = shown(client_of(owner).get(url("check", draft)))
        assert "¥20,000.00" in page
        assert "Stock for the Spring Festival." in page

    def test_sends(self, client_of, owner, draft):
        response = client_of(owner).post(url("check", draft))
        draft.refresh_from_db()
        assert (response["Location"], draft.status) == (url("detail", draft), Status.SUBMITTED)

    def test_sent_twice_sends_once(self, client_of, owner, draft):
        client = client_of(owner)
        assert [client.post(url("check", draft)).status_code for _ in range(2)] == [302, 302]
        assert draft.events.filter(event="submit").count() == 1

    def test_is_prepared_by_managers_and_sent_by_owners(self, client_of, manager, draft):
        client = client_of(manager)
        assert "An owner of the enterprise sends the application." in shown(client.get(url("check", draft)))
        assert client.post(url("check", draft)).status_code == 403
        draft.refresh_from_db()
        assert draft.status == Status.DRAFT

    def test_says_that_evidence_is_missing(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        page = shown(client_of(owner).post(url("check", draft), follow=True))
        assert "Add at least one bank statement before you send the application." in page

    def test_of_a_product_with_a_clearance_asks_for_the_course(self, client_of, owner, enterprise):
        make_evidence(enterprise)
        taught = make_product("taught", requires_clearance="cash-flow-basics")
        draft = make_draft(enterprise, by=owner, product=taught)
        client = client_of(owner)
        assert "Certificate of a course" in shown(client.get(url("detail", draft)))
        assert "Send application" not in shown(client.get(url("check", draft)))
        Clearance.objects.create(user=owner, code="cash-flow-basics", source="T-1", granted_at=NOW)
        assert "Send application" in shown(client.get(url("check", draft)))


class TestAnswer:
    def test_that_waits_asks_again_by_itself_and_is_told_when_nothing_is_new(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        client = client_of(owner)
        page = client.get(url("detail", application))
        assert "hx-trigger" in shown(page)
        assert "HX-Request" in page["Vary"]
        assert client.get(url("detail", application), headers={"HX-Request": "true"}).status_code == 204

    def test_comes_as_a_fragment_that_asks_no_more(self, client_of, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        fragment = shown(client_of(owner).get(url("detail", application), headers={"HX-Request": "true"}))
        assert fragment.startswith('<div id="answer"')
        assert "Approved: ¥20,000" in fragment
        assert "hx-trigger" not in fragment

    def test_of_an_approval_tells_the_cost_and_leads_to_signing(self, client_of, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "Yearly cost (APR)" in page
        assert reverse("loans:sign", args=[application.offer.reference]) in page

    def test_of_falling_installments_does_not_say_that_each_takes_the_same(self, client_of, owner, enterprise):
        falling = make_product("falling", interest_method="interest_only")
        application = make_approved(enterprise, by=owner, product=falling)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "First installment" in page
        assert "of all installments" in page
        assert "Each installment" not in page

    def test_of_an_approval_leads_a_manager_to_no_signing(self, client_of, owner, manager, enterprise):
        application = make_approved(enterprise, by=owner)
        page = shown(client_of(manager).get(url("detail", application)))
        assert f'href="{reverse("loans:sign", args=[application.offer.reference])}"' not in page
        assert "An owner of the enterprise signs." in page

    def test_of_a_decline_tells_why_what_would_pass_and_what_teaches_it(self, client_of, owner, enterprise):
        application = make_declined(enterprise, by=owner)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "We cannot lend this now" in page
        assert "?topic=debt_burden" in page
        assert "¥34,900" in page

    def test_names_nobody_of_the_bank(self, client_of, owner, officer, enterprise, second):
        application = make_recommended(enterprise, by=owner, recommender=officer)
        conclude(application, by=second)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "Confirmed by a second person" in page
        assert "Olga Sun" not in page
        assert "Second Gao" not in page

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACCEPTED}))
    def test_is_shown_in_each_status(self, client_of, owner, officer, enterprise, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        assert client_of(owner).get(url("detail", application)).status_code == 200


class TestWithdraw:
    def test_closes_the_case(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        client_of(owner).post(url("withdraw", application))
        application.refresh_from_db()
        assert application.status == Status.WITHDRAWN

    def test_twice_says_that_it_has_moved_on(self, client_of, owner, draft):
        client = client_of(owner)
        client.post(url("withdraw", draft), follow=True)
        assert "This is no longer possible" in shown(client.post(url("withdraw", draft), follow=True))
        assert draft.events.filter(event="withdraw").count() == 1

    def test_is_a_managers_only_before_it_was_sent(self, client_of, owner, manager, draft):
        applications.submit(draft, by=owner, at=NOW)
        assert client_of(manager).post(url("withdraw", draft)).status_code == 403


class TestQueue:
    def test_shows_what_waits_for_people(self, client_of, officer, owner, enterprise):
        application = make_referred(enterprise, by=owner)
        assert application.reference in shown(client_of(officer).get(reverse("applications:queue")))

    def test_filters_by_status(self, client_of, officer, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        client = client_of(officer)
        assert application.reference not in shown(client.get(reverse("applications:queue")))
        assert application.reference in shown(client.get(reverse("applications:queue"), {"status": "approved"}))

    def test_finds_a_case_by_its_number_or_its_enterprise_whatever_became_of_it(
        self, client_of, officer, owner, enterprise
    ):
        application = make_approved(enterprise, by=owner)
        client = client_of(officer)
        for asked in (application.reference.lower(), enterprise.legal_name[1:], enterprise.reference):
            assert application.reference in shown(client.get(reverse("applications:queue"), {"q": asked}))
        assert "No case found." in shown(client.get(reverse("applications:queue"), {"q": "somebody else"}))

    def test_hides_other_branches_cases_except_from_head_office(
        self, client_of, officer, auditor, owner, enterprise, bank
    ):
        application = make_referred(enterprise, by=owner)
        Enterprise.objects.filter(pk=enterprise.pk).update(branch=bank.other_branch)
        assert application.reference not in shown(client_of(officer).get(reverse("applications:queue")))
        assert application.reference in shown(client_of(auditor).get(reverse("applications:queue")))

    def test_is_for_staff_who_judge_or_audit(self, client_of, owner, course_editor):
        for person in (owner, course_editor):
            assert client_of(person).get(reverse("applications:queue")).status_code == 403

    def test_costs_the_same_however_many(self, client_of, officer, bank, django_assert_max_num_queries):
        for number in range(12):
            person = make_user(f"Owner {number}", phone=f"+861391111{number:04d}")
            shop = make_enterprise(person, branch=bank.branch, identifier=f"shop {number}")
            make_evidence(shop, days=4)
            applications.submit(make_draft(shop, by=person), by=person, at=NOW)
        client = client_of(officer)
        with django_assert_max_num_queries(8):
            assert shown(client.get(reverse("applications:queue"), {"status": "submitted"})).count("<tr>") == 13


class TestCase:
    @pytest.fixture
    def referred(self, enterprise, owner):
        return make_referred(enterprise, by=owner)

    def test_shows_everything_on_one_page(self, client_of, officer, referred):
        page = shown(client_of(officer).get(url("detail", referred)))
        for part in ("Probability of default", "Against its trade", "Cash flow", "statement.csv", "Recommend"):
            assert part in page

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACCEPTED, Status.DRAFT, Status.WITHDRAWN}))
    def test_is_shown_in_each_status(self, client_of, owner, officer, auditor, enterprise, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        assert client_of(auditor).get(url("detail", application)).status_code == 200

    def test_does_not_exist_in_another_branch_or_for_a_course_editor(
        self, client_of, officer, course_editor, referred, bank
    ):
        assert client_of(course_editor).get(url("detail", referred)).status_code == 404
        Enterprise.objects.update(branch=bank.other_branch)
        assert client_of(officer).get(url("detail", referred)).status_code == 404

    def test_shows_an_auditor_no_form(self, client_of, auditor, referred):
        page = shown(client_of(auditor).get(url("detail", referred)))
        assert url("recommend", referred) not in page

    def test_of_ones_own_enterprise_is_seen_as_its_member(self, client_of, officer, referred):
        referred.enterprise.memberships.create(user=officer, role="manager", began_at=NOW)
        page = shown(client_of(officer).get(url("detail", referred)))
        assert "A person is looking at your case" in page
        assert "Probability of default" not in page

    def test_asks_the_database_little(self, client_of, officer, referred, django_assert_max_num_queries):
        client = client_of(officer)
        with django_assert_max_num_queries(30):
            client.get(url("detail", referred))


SAID = {"outcome": "approve", "amount": "15,000", "annual_rate": "9.8", "note": "Visited."}


class TestRecommend:
    @pytest.fixture
    def referred(self, enterprise, owner):
        return make_referred(enterprise, by=owner)

    def test_records_what_was_recommended(self, client_of, officer, referred):
        response = client_of(officer).post(url("recommend", referred), SAID)
        assert response["Location"] == reverse("applications:queue")
        review = Review.objects.get()
        assert (review.amount, str(review.annual_rate), review.by) == (15000, "0.098000", officer)

    def test_sent_twice_happens_once(self, client_of, officer, referred):
        client = client_of(officer)
        client.post(url("recommend", referred), SAID)
        response = client.post(url("recommend", referred), SAID)
        assert (response.status_code, Review.objects.count()) == (422, 1)
        assert "This is no longer possible" in shown(response)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"amount": ""}, "Give an amount."),
            ({"annual_rate": ""}, "This field is required."),
            ({"amount": "20000.01"}, "At most ¥20,000.00 was asked for."),
            ({"annual_rate": "14"}, "The rate lies outside this product."),
            ({"note": ""}, "This field is required."),
            ({"outcome": "return"}, "Select a valid choice"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, client_of, officer, referred, changed, sentence):
        response = client_of(officer).post(url("recommend", referred), SAID | changed)
        assert response.status_code == 422
        assert sentence in shown(response)
        assert Review.objects.count() == 0

    def test_of_a_decline_needs_no_amount(self, client_of, officer, referred):
        said = {"outcome": "decline", "amount": "", "annual_rate": "", "note": "The stock is old."}
        assert client_of(officer).post(url("recommend", referred), said).status_code == 302
        assert Review.objects.get().amount is None

    def test_proposes_what_the_rules_would_offer(self, client_of, officer, referred):
        page = shown(client_of(officer).get(url("detail", referred)))
        assert 'value="20000.00"' in page
        assert 'value="8.2"' in page

    @pytest.mark.parametrize("who", ["owner", "approver", "auditor", "operations", "administrator"])
    def test_is_for_officers_and_underwriters(self, client_of, request, referred, who):
        assert client_of(request.getfixturevalue(who)).post(url("recommend", referred), SAID).status_code == 403

    def test_does_not_exist_for_another_branch(self, client_of, officer, referred, bank):
        Enterprise.objects.update(branch=bank.other_branch)
        assert client_of(officer).post(url("recommend", referred), SAID).status_code == 404


class TestConclude:
    @pytest.fixture
    def recommended(self, enterprise, owner, officer):
        return make_recommended(enterprise, by=owner, recommender=officer)

    def test_carries_out_the_recommendation(self, client_of, second, recommended):
        response = client_of(second).post(url("conclude", recommended), {"outcome": "approve", "note": "Agreed."})
        recommended.refresh_from_db()
        assert (response.status_code, recommended.status) == (302, Status.APPROVED)

    def test_carries_the_recommendation_that_was_read(self, client_of, second, recommended, officer):
        page = shown(client_of(second).get(url("detail", recommended)))
        read = recommended.reviews.get().pk
        assert f'name="seen" value="{read}"' in page
        conclude(recommended, by=second, outcome="return")
        recommend(recommended, by=officer)
        told = {"outcome": "approve", "note": "Agreed.", "seen": read}
        assert client_of(second).post(url("conclude", recommended), told).status_code == 422

    def test_sent_twice_happens_once(self, client_of, second, recommended):
        client = client_of(second)
        for _ in range(2):
            response = client.post(url("conclude", recommended), {"outcome": "approve", "note": "Agreed."})
        assert response.status_code == 422
        assert Review.objects.filter(kind="approval").count() == 1

    def test_says_that_the_amount_is_above_the_limit(self, client_of, recommended, bank):
        small = make_approver(bank.branch, limit="100")
        response = client_of(small).post(url("conclude", recommended), {"outcome": "approve", "note": "Agreed."})
        assert response.status_code == 422
        assert "¥20,000.00 is above your approval limit of ¥100.00." in shown(response)

    @pytest.mark.parametrize("who", ["owner", "officer", "underwriter", "auditor", "administrator"])
    def test_is_for_approvers(self, client_of, request, recommended, who):
        told = {"outcome": "approve", "note": "Agreed."}
        assert client_of(request.getfixturevalue(who)).post(url("conclude", recommended), told).status_code == 403

    def test_does_not_exist_for_another_branch(self, client_of, recommended, bank):
        elsewhere = make_approver(bank.other_branch)
        told = {"outcome": "approve", "note": "Agreed."}
        assert client_of(elsewhere).post(url("conclude", recommended), told).status_code == 404


class TestPapersNobodyHasSeen:
    """An owner who applies before anyone saw the papers is told so before sending, and what to do after it."""

    @pytest.fixture(autouse=True)
    def _place(self, enterprise):
        place = {"address_en": "1 Quay Street", "phone": "0572 555 0101", "hours_en": "Monday to Friday 9:00 to 17:00"}
        Branch.objects.filter(pk=enterprise.branch_id).update(**place)

    @pytest.fixture
    def waiting(self, enterprise, owner):
        make_rules()
        make_evidence(enterprise)
        application = make_draft(enterprise, by=owner)
        applications.submit(application, by=owner, at=NOW)
        applications.decide(application.reference, at=NOW, on=NOW.date())
        return application

    def test_are_named_before_the_application_is_sent(self, client_of, owner, draft, enterprise):
        browser = client_of(owner)
        for name in ("detail", "check"):
            page = shown(browser.get(url(name, draft)))
            assert reverse("identity:papers", args=[enterprise.reference]) in page
            assert "Business license" in page
            assert "Identity document: Wang Fang" in page

    def test_are_not_named_once_they_were_seen(self, client_of, owner, draft, enterprise):
        make_checked(enterprise, expires_on=date(2046, 1, 1), at=datetime(2026, 3, 2, tzinfo=UTC))
        assert "will look at your application before it is decided" not in shown(
            client_of(owner).get(url("check", draft))
        )

    def test_lead_to_the_branch_and_to_an_upload_afterwards(self, client_of, owner, manager, waiting, enterprise):
        for person in (owner, manager):
            page = shown(client_of(person).get(url("detail", waiting)))
            assert "1 Quay Street" in page
            assert "0572 555 0101" in page
            assert "Monday to Friday 9:00 to 17:00" in page
            assert "Nobody of the bank has seen yet: Business license, identity document of Wang Fang." in page
            assert reverse("identity:papers", args=[enterprise.reference]) in page
            assert url("documents", waiting) in page

    def test_are_shown_to_staff_beside_the_case_when_they_come(self, client_of, owner, officer, waiting, enterprise):
        assert "Papers that nobody has looked at" not in shown(client_of(officer).get(url("detail", waiting)))
        paper = make_paper(enterprise, by=owner)
        page = shown(client_of(officer).get(url("detail", waiting)))
        assert reverse("identity:checks", args=[enterprise.reference]) + f"?paper={paper.reference}" in page
        assert "You brought 1 paper that nobody has looked at yet" in shown(
            client_of(owner).get(url("detail", waiting))
        )
