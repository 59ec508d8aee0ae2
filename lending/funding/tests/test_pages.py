"""Proofs of the pages of other funds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.cashflow.tests.builders import make_statement
from accounts.identity.tests.builders import make_user
from lending.applications.tests.builders import make_declined, make_draft
from lending.applications.tests.pages import shown
from lending.funding import operations
from lending.funding.models import FundingProgram, Introduction
from lending.funding.tests.builders import GUARANTEE, ask, make_program, propose
from portal.core.models import AuditEvent


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def program(bank, now):
    return make_program(at=now)


@pytest.fixture
def introduction(enterprise, program, owner, now):
    return ask(enterprise, program, by=owner, at=now)


def listing(enterprise):
    return reverse("funding:programs", args=[enterprise.reference])


def page_of(enterprise, code="guarantee"):
    return reverse("funding:program", args=[enterprise.reference, code])


def url(name, introduction):
    return reverse(f"funding:{name}", args=[introduction.reference])


def filled(client, path, **changed):
    """Fill in the form as a browser without JavaScript does: what is hidden comes from the page."""
    form = client.get(path).context["form"]
    hidden = {name: form[name].value() for name in ("seen", "idempotency_key")}
    return {"amount": "40,000", "purpose": "stock", "consent": "on"} | hidden | changed


class TestProgramsPage:
    def test_says_what_suits_and_why_and_what_is_missing(self, enterprise, program, owner, client_of, now):
        make_program("young", max_age_months=1, at=now)
        make_program("town", setting="town", at=now)
        page = client_of(owner).get(listing(enterprise), {"amount": "20000", "purpose": "stock"})
        assert [group["fit"] for group in page.context["groups"]] == ["fits", "nearly"]
        told = shown(page)
        assert "What you need, ¥20,000, lies between ¥10,000 and ¥100,000." in told
        assert "It is only for enterprises in this setting: Town. Yours is registered as: Village." in told
        assert "The bank earns nothing by this introduction." in told
        assert "young" not in told

    def test_claims_no_fit_of_what_it_does_not_know(self, enterprise, program, owner, client_of):
        page = client_of(owner).get(listing(enterprise))
        assert [group["fit"] for group in page.context["groups"]] == ["unsure"]
        assert "We do not know how much you need." in shown(page)

    def test_begins_with_what_the_last_application_asked_for(self, enterprise, program, owner, client_of):
        make_draft(enterprise, by=owner)
        page = client_of(owner).get(listing(enterprise))
        assert page.context["form"].initial["amount"] == "20000"

    def test_leaves_out_what_one_is_old_enough_for_too_late(self, enterprise, bank, owner, client_of, now):
        today = timezone.localdate()
        enterprise.founded_on = today - timedelta(days=10)
        enterprise.save()
        make_program("late", min_age_months=1, apply_by=today + timedelta(days=5), at=now)
        make_program("soon", min_age_months=1, apply_by=today + timedelta(days=40), at=now)
        (group,) = client_of(owner).get(listing(enterprise)).context["groups"]
        assert [row.program.code for row in group["rows"]] == ["soon"]

    def test_does_not_take_a_wrong_amount_for_one(self, enterprise, program, owner, client_of):
        page = client_of(owner).get(listing(enterprise), {"amount": "1e5"})
        assert [group["fit"] for group in page.context["groups"]] == ["unsure"]
        assert page.context["form"].errors

    def test_leaves_out_what_has_ended(self, enterprise, bank, owner, client_of, now):
        before = now - timedelta(days=9)
        make_program("over", at=before, apply_by=timezone.localdate() - timedelta(days=1))
        propose("draft", at=now)
        assert client_of(owner).get(listing(enterprise)).context["groups"] == []
        assert client_of(owner).get(page_of(enterprise, "over")).status_code == 404

    def test_speaks_chinese(self, enterprise, program, owner, client_of):
        page = client_of(owner).get(listing(enterprise), headers={"accept-language": "zh-hans"})
        assert "县域担保" in shown(page)
        assert "本行不因此次引荐获得任何收入" in shown(page)

    def test_is_for_members_and_their_branch(self, enterprise, program, client_of, request, bank):
        for name in ("owner", "manager", "officer", "auditor"):
            assert client_of(request.getfixturevalue(name)).get(listing(enterprise)).status_code == 200
        far = make_user("Kai Zhou", role="officer", branch=bank.other_branch)
        for person in (request.getfixturevalue("stranger"), request.getfixturevalue("course_editor"), far):
            assert client_of(person).get(listing(enterprise)).status_code == 404

    def test_costs_the_same_however_many(self, enterprise, owner, client_of, now, django_assert_max_num_queries, bank):
        client = client_of(owner)
        for number in range(12):
            ask(enterprise, make_program(f"program-{number}", at=now), by=owner, key=str(number), at=now)
        client.get(listing(enterprise))
        with django_assert_max_num_queries(12):
            client.get(listing(enterprise))

    def test_is_for_reading(self, enterprise, owner, client_of):
        assert client_of(owner).post(listing(enterprise)).status_code == 405


class TestProgramPage:
    def test_shows_item_by_item_what_would_be_passed_on(self, enterprise, program, owner, client_of):
        make_statement(enterprise)
        page = shown(client_of(owner).get(page_of(enterprise)))
        for told in ("Green Tea Shop", "91110108551385082Q", "+8613800138000", "Money in, a month on average"):
            assert told in page
        assert "checked" not in page  # nothing is ticked for anybody

    def test_asks_once_though_sent_twice(self, enterprise, program, owner, client_of):
        client = client_of(owner)
        sent = filled(client, page_of(enterprise))
        answers = [client.post(page_of(enterprise), sent) for _time in range(2)]
        assert [each["Location"] for each in answers] == [url("introduction", Introduction.objects.get())] * 2

    def test_passes_the_cash_flow_on_where_it_was_ticked(self, enterprise, program, owner, client_of):
        make_statement(enterprise)
        client = client_of(owner)
        assert client.post(page_of(enterprise), filled(client, page_of(enterprise), cash_flow="on")).status_code == 302
        assert "cash_flow" in Introduction.objects.get().shared

    @pytest.mark.parametrize(
        ("changed", "field"), [({"consent": ""}, "consent"), ({"amount": "1"}, "amount"), ({"purpose": ""}, "purpose")]
    )
    def test_says_at_the_field_what_is_wrong(self, enterprise, program, owner, client_of, changed, field):
        client = client_of(owner)
        answer = client.post(page_of(enterprise), filled(client, page_of(enterprise), **changed))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert not Introduction.objects.exists()

    def test_passes_nothing_on_that_changed_meanwhile(self, enterprise, program, owner, client_of):
        client = client_of(owner)
        sent = filled(client, page_of(enterprise))
        owner.full_name = "Wang Fangfang"
        owner.save()
        answer = client.post(page_of(enterprise), sent)
        assert answer.status_code == 422
        assert "Wang Fangfang" in shown(answer)
        again = sent | {"seen": answer.context["form"]["seen"].value()}
        assert client.post(page_of(enterprise), again).status_code == 302

    def test_asks_to_agree_anew_to_what_changed_beside_another_mistake(self, enterprise, program, owner, client_of):
        make_statement(enterprise)
        client = client_of(owner)
        sent = filled(client, page_of(enterprise), purpose="", cash_flow="on")
        owner.full_name = "Wang Fangfang"
        owner.save()
        answer = client.post(page_of(enterprise), sent)
        form = answer.context["form"]
        assert form.non_field_errors() == [
            "What would be passed on has changed since you opened this page. Read it again."
        ]
        assert "Wang Fangfang" in shown(answer)
        assert (form["amount"].value(), form["consent"].value(), form["cash_flow"].value()) == ("40,000", False, False)
        again = sent | {"purpose": "stock", "seen": form["seen"].value()}
        del again["consent"]
        assert list(client.post(page_of(enterprise), again).context["form"].errors) == ["consent"]

    def test_judges_by_the_amount_that_was_sent(self, enterprise, program, owner, client_of):
        client = client_of(owner)
        answer = client.post(page_of(enterprise), filled(client, page_of(enterprise), amount="1"))
        assert "You need ¥1." in shown(answer)

    def test_offers_no_introduction_while_something_is_missing(self, enterprise, owner, client_of, now):
        make_program(setting="town", at=now)
        page = client_of(owner).get(page_of(enterprise))
        assert page.context["form"] is None
        assert "would only cost you time" in shown(page)

    def test_lets_only_owners_ask(self, enterprise, program, manager, officer, stranger, client_of):
        sent = {"amount": "40000", "purpose": "stock", "consent": "on", "seen": "x", "idempotency_key": "y"}
        people = (manager, officer, stranger)
        assert [client_of(each).post(page_of(enterprise), sent).status_code for each in people] == [403, 403, 404]
        assert client_of(manager).get(page_of(enterprise)).context["form"] is None

    def test_leads_to_the_open_introduction(self, enterprise, introduction, owner, client_of):
        assert url("introduction", introduction) in shown(client_of(owner).get(page_of(enterprise)))


class TestDoors:
    def test_lead_there_from_home_the_cash_flow_and_the_enterprise(self, enterprise, owner, client_of):
        paths = ("/", reverse("cashflow:enterprise", args=[enterprise.reference]))
        paths += (reverse("identity:enterprise", args=[enterprise.reference]),)
        assert all(listing(enterprise) in shown(client_of(owner).get(path)) for path in paths)

    def test_lead_there_from_a_declined_decision_with_what_was_asked_for(self, enterprise, owner, client_of):
        declined = make_declined(enterprise, by=owner)
        page = shown(client_of(owner).get(reverse("applications:detail", args=[declined.reference])))
        assert f"{listing(enterprise)}?amount=200000.00&amp;purpose=stock" in page


class TestIntroductionPage:
    def test_tells_each_side_its_own(self, introduction, owner, officer, auditor, client_of):
        pages = {
            name: client_of(name).get(url("introduction", introduction)).context for name in (owner, officer, auditor)
        }
        may = {each: (told["may_withdraw"], told["may_pass_on"]) for each, told in pages.items()}
        assert may == {owner: (True, False), officer: (False, True), auditor: (False, False)}

    def test_does_not_exist_for_others(self, introduction, stranger, course_editor, bank, client_of):
        far = make_user("Kai Zhou", role="officer", branch=bank.other_branch)
        for person in (stranger, course_editor, far):
            for name in ("introduction", "letter_pdf"):
                assert client_of(person).get(url(name, introduction)).status_code in {403, 404}
            for name in ("withdraw", "pass_on", "conclude"):
                assert client_of(person).post(url(name, introduction)).status_code in {403, 404}

    @pytest.mark.parametrize("name", ["withdraw", "pass_on", "conclude"])
    def test_changes_by_posts_only(self, introduction, officer, owner, client_of, name):
        assert client_of(owner if name == "withdraw" else officer).get(url(name, introduction)).status_code == 405

    def test_is_taken_back_by_an_owner(self, introduction, owner, manager, client_of):
        assert client_of(manager).post(url("withdraw", introduction)).status_code == 403
        for _time in range(2):
            assert client_of(owner).post(url("withdraw", introduction)).status_code == 302
        introduction.refresh_from_db()
        assert introduction.status == "withdrawn"


class TestOfficersWork:
    def test_goes_from_the_queue_to_the_answer(self, introduction, officer, owner, client_of):
        client = client_of(officer)
        assert introduction.reference in shown(client.get(reverse("funding:introductions")))
        assert client.get(url("letter_pdf", introduction)).status_code == 404  # nothing is passed on yet
        client.post(url("pass_on", introduction))
        letter = client.get(url("letter_pdf", introduction))
        assert letter.content.startswith(b"%PDF")
        assert "no-store" in letter["Cache-Control"]
        rows = client.get(url("letter_csv", introduction)).content.decode("utf-8-sig")
        assert "91110108551385082Q" in rows
        assert "Summary of the cash flow" not in rows
        assert AuditEvent.objects.filter(verb="introductions.letter_taken").count() == 2
        half = client.post(url("conclude", introduction), {"outcome": "funded"})
        assert (half.status_code, list(half.context["form"].errors)) == (422, ["amount"])
        told = {"outcome": "funded", "amount": "30,000", "note": "Welcome."}
        assert client.post(url("conclude", introduction), told).status_code == 302
        assert "Granted: ¥30,000" in shown(client_of(owner).get(url("introduction", introduction)))
        assert client.get(url("letter_pdf", introduction)).status_code == 404

    def test_says_why_nothing_is_passed_on(self, introduction, officer, owner, client_of):
        sent = {"outcome": "declined", "note": "The fund is empty."}
        client_of(officer).post(url("conclude", introduction), sent)
        assert "The fund is empty." in shown(client_of(owner).get(url("introduction", introduction)))

    def test_says_why_an_answer_is_not_recorded(self, introduction, officer, owner, client_of, now):
        operations.withdraw(introduction, by=owner, at=now)
        answer = client_of(officer).post(url("conclude", introduction), {"outcome": "declined", "note": "Empty."})
        assert answer.status_code == 422
        assert answer.context["form"].non_field_errors()[0] in shown(answer)

    def test_hands_out_no_letter_of_whoever_left(self, introduction, enterprise, officer, client_of, now):
        operations.pass_on(introduction, by=officer, at=now)
        enterprise.memberships.update(ended_at=now)
        answer = client_of(officer).get(url("letter_pdf", introduction), follow=True)
        assert "no longer owns the enterprise" in shown(answer)

    @pytest.mark.parametrize("over", ["withdrawn", "declined"])
    def test_ends_with_reading_what_was_kept(self, introduction, officer, owner, client_of, now, over):
        path = url("introduction", introduction)
        assert "91110108551385082Q" in shown(client_of(officer).get(path))
        if over == "withdrawn":
            operations.withdraw(introduction, by=owner, at=now)
        else:
            operations.conclude(introduction, is_funded=False, amount=None, note="Empty.", by=officer, at=now)
        told = [shown(client_of(each).get(path)) for each in (officer, owner)]
        assert ["91110108551385082Q" in each for each in told] == [False, True]

    @pytest.mark.parametrize("person", ["auditor", "analyst", "approver", "owner"])
    def test_is_officers_alone(self, introduction, person, request, client_of):
        client = client_of(request.getfixturevalue(person))
        assert [client.post(url(name, introduction)).status_code for name in ("pass_on", "conclude")] == [403, 403]
        assert client.get(url("letter_csv", introduction)).status_code == 403

    def test_queue_costs_the_same_however_many(
        self, enterprise, owner, officer, client_of, now, django_assert_max_num_queries
    ):
        client = client_of(officer)
        for number in range(12):
            ask(enterprise, make_program(f"program-{number}", at=now), by=owner, key=str(number), at=now)
        client.get("/")
        with django_assert_max_num_queries(9):
            client.get(reverse("funding:introductions"))


class TestDesk:
    def proposed(self, **changed):
        told = {name: str(value) for name, value in GUARANTEE.items()}
        told |= {"code": "guarantee", "industries": "G， 4711", "is_grower": "no", "min_age_months": "12"}
        return told | {"commission_rate": "0.5", "commission_amount": "0"} | changed

    def test_proposes_as_data(self, bank, analyst, client_of):
        answer = client_of(analyst).post(reverse("funding:new"), self.proposed())
        assert answer.status_code == 302
        program = FundingProgram.objects.get()
        assert (program.industries, program.is_grower, program.min_age_months) == (["4711", "G"], False, 12)
        assert (program.commission_rate, program.proposed_by) == (Decimal("0.005"), analyst.reference)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"website": "http://fund.example"}, "website"),
            ({"industries": "99"}, "industries"),
            ({"max_amount": "1"}, "max_amount"),
            ({"cost_zh_hans": ""}, "cost_zh_hans"),
            ({"website": ""}, "phone"),
            ({"commission_rate": "0.505"}, "commission_rate"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, bank, analyst, client_of, changed, field):
        answer = client_of(analyst).post(reverse("funding:new"), self.proposed(**changed))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])

    def test_begins_the_next_edition_with_this_one(self, program, analyst, client_of):
        path = reverse("funding:next", args=["guarantee", 1])
        page = client_of(analyst).get(path)
        assert page.context["form"].initial["cost_en"] == "0.8% a year"
        assert client_of(analyst).post(path, self.proposed(cost_en="1% a year")).status_code == 302
        assert FundingProgram.objects.get(version=2).cost_en == "1% a year"

    def test_is_brought_out_by_another(self, bank, analyst, approver, client_of):
        client_of(analyst).post(reverse("funding:new"), self.proposed())
        path, sent = reverse("funding:approve", args=["guarantee", 1]), {"published_from": timezone.localdate()}
        client_of(analyst).post(path, sent)
        assert FundingProgram.objects.get().status == "draft"
        assert client_of(approver).post(path, {"published_from": ""}).status_code == 422
        client_of(approver).post(path, sent)
        assert FundingProgram.objects.get().approved_by == approver.reference

    def test_discards_and_ends(self, program, analyst, client_of, now):
        client_of(analyst).post(reverse("funding:end", args=["guarantee", 1]))
        propose("other", at=now)
        client_of(analyst).post(reverse("funding:discard", args=["other", 1]))
        told = list(FundingProgram.objects.order_by("pk").values_list("published_until", "status"))
        assert told == [(timezone.localdate(), "approved"), (None, "discarded")]

    def test_ends_what_is_published_while_the_next_edition_waits_for_its_day(self, program, analyst, client_of, now):
        later = timezone.localdate() + timedelta(days=3)
        operations.approve(propose(at=now), published_from=later, by="U-RISK", at=now)
        path = reverse("funding:edition", args=["guarantee", 1])
        client = client_of(analyst)
        assert client.get(path).context["may_end"] is True
        client.post(reverse("funding:end", args=["guarantee", 1]))
        assert client.get(path).context["may_end"] is False
        program.refresh_from_db()
        assert program.published_until == timezone.localdate()

    def test_is_read_by_staff_and_closed_to_owners(self, program, officer, owner, client_of):
        for path in (reverse("funding:desk"), reverse("funding:edition", args=["guarantee", 1])):
            assert [client_of(each).get(path).status_code for each in (officer, owner)] == [200, 403]

    @pytest.mark.parametrize("name", ["approve", "discard", "end"])
    def test_is_changed_by_posts_of_deciders_only(self, program, officer, analyst, client_of, name):
        path = reverse(f"funding:{name}", args=["guarantee", 1])
        assert client_of(officer).post(path).status_code == 403
        assert client_of(analyst).get(path).status_code == 405


def test_letter_in_chinese_says_only_what_was_agreed_to(introduction, officer, client_of, now):
    operations.pass_on(introduction, by=officer, at=now)
    answer = client_of(officer).get(url("letter_csv", introduction), headers={"accept-language": "zh-hans"})
    told = answer.content.decode("utf-8-sig").splitlines()
    assert told[0] == "类别,栏目,内容"
    assert len(told) == 11  # what is asked for, who it is, how to reach the owner
