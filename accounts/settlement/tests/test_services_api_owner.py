"""API of what an owner arranges: opening and closing, statements, certificates, limits, notices, webhooks."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import machine
from accounts.ledger.tests.builders import NOW
from accounts.settlement import writing
from accounts.settlement.models import BalanceCertificate, NoticePreference, Payee, PaymentRules, SettlementAccount
from accounts.settlement.tests.builders import make_deposit, make_payee, make_settlement_account
from accounts.statements.parsing import parse
from portal.core.models import WebhookDelivery, WebhookEndpoint
from portal.core.tests.faults import break_writes

ROOT = "/api/v1"
HOOK = {"url": "https://shop.example/hook", "events": ["account.money_in", "account.money_out"]}


def post(user, path, told=None, key=""):
    headers = {"Idempotency-Key": key} if key else {}
    return machine(user).post(f"{ROOT}/{path}", told or {}, format="json", headers=headers)


def twice(user, path, told=None):
    """Send the same again under its key."""
    return [post(user, path, told, key="k") for _ in range(2)]


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


class TestOpening:
    def test_opens_one_account_for_one_key(self, owner, enterprise):
        first, second = twice(owner, "settlement-accounts", {"enterprise": enterprise.reference})
        assert (first.status_code, first.json(), SettlementAccount.objects.count()) == (201, second.json(), 1)
        assert [first.json()[name] for name in ("status", "balance", "held", "available")] == ["open", *["0.00"] * 3]

    def test_wants_a_key_an_owner_and_an_enterprise_of_ones_own(self, owner, manager, stranger, enterprise):
        told = {"enterprise": enterprise.reference}
        assert post(owner, "settlement-accounts", told).json()["code"] == "key_missing"
        assert post(manager, "settlement-accounts", told, key="k").status_code == 403
        assert post(stranger, "settlement-accounts", told, key="k").status_code == 404

    def test_refuses_the_key_for_another_enterprise(self, owner, enterprise, stranger):
        other = Enterprise.objects.exclude(pk=enterprise.pk).get()
        other.memberships.create(user=owner, role="owner", began_at=NOW)
        twice(owner, "settlement-accounts", {"enterprise": enterprise.reference})
        again = post(owner, "settlement-accounts", {"enterprise": other.reference}, key="k")
        assert (again.status_code, again.json()["code"]) == (409, "key_reused")


class TestReceipt:
    def test_of_a_booking_is_handed_out_to_who_sees_the_account(self, owner, stranger, account):
        entry = make_deposit(account, "12.50", text="eggs")
        path = f"{ROOT}/settlement-accounts/{account.reference}/postings/{entry.reference}/receipt"
        paper = machine(owner).get(path, {"language": "zh-hans"})
        assert "12.50" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert machine(stranger).get(path).status_code == 404
        assert machine(owner).get(path.replace(entry.reference, "J-NONE")).status_code == 404
        assert machine(owner).get(path, {"language": "xx"}).status_code == 400


class TestClosing:
    def test_closes_what_is_empty_and_only_once(self, owner, account):
        path = f"settlement-accounts/{account.reference}/close"
        make_deposit(account, "0.01")
        told = post(owner, path).json()
        assert (told["code"], told["params"]) == ("balance_remains", {"amount": "0.01", "currency": "CNY"})
        empty = make_settlement_account(account.enterprise)
        path = f"settlement-accounts/{empty.reference}/close"
        assert [post(owner, path).status_code for _ in range(2)] == [200, 409]

    def test_says_that_a_fault_keeps_it_open(self, owner, account):
        break_writes(SettlementAccount, "NEW.status = 'closed'")
        answer = post(owner, f"settlement-accounts/{account.reference}/close")
        assert (answer.status_code, answer.json()["code"]) == (503, "account_not_closed")
        assert (answer["Content-Type"], answer["Retry-After"]) == ("application/problem+json", "60")

    def test_is_the_owners(self, manager, stranger, operations, account):
        path = f"settlement-accounts/{account.reference}/close"
        assert [post(who, path).status_code for who in (manager, operations, stranger)] == [403, 403, 404]


class TestFreezing:
    def test_is_for_operations_with_a_reason(self, owner, operations, account):
        path = f"settlement-accounts/{account.reference}"
        refused = post(owner, f"{path}/freeze", {"reason": "x"})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        assert post(operations, f"{path}/freeze").status_code == 400
        assert post(operations, f"{path}/freeze", {"reason": "court"}).json()["status"] == "frozen"
        assert post(operations, f"{path}/unfreeze", {"reason": "over"}).json()["status"] == "open"


class TestStatement:
    def read(self, user, account, headers=None, **asked):
        today = timezone.localdate()
        path = f"{ROOT}/settlement-accounts/{account.reference}/statement"
        return machine(user).get(path, {"first": today - timedelta(days=9), "last": today, **asked}, headers=headers)

    def test_read_back_as_camt053_is_the_same(self, owner, account):
        make_deposit(account, "12.30", text="eggs", on=timezone.localdate())
        (told,) = parse(self.read(owner, account, kind="xml").content, name="statement.xml")
        assert [(line.amount, line.description) for line in told.lines] == [(Decimal("12.30"), "eggs")]

    @pytest.mark.parametrize(("kind", "begins"), [("csv", "\ufeff日期".encode()), ("pdf", b"%PDF")])
    def test_is_handed_out_in_the_language_asked_for(self, owner, account, kind, begins):
        assert self.read(owner, account, kind=kind, language="zh-hans").content.startswith(begins)

    @pytest.mark.parametrize("kind", ["csv", "pdf", "xml"])
    def test_is_handed_to_whoever_accepts_only_its_kind(self, owner, account, kind):
        media_type = writing.MEDIA_TYPES[kind]
        answer = self.read(owner, account, kind=kind, headers={"Accept": media_type})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)

    @pytest.mark.parametrize("kind", ["csv", "pdf", "xml"])
    def test_tells_of_the_first_days_of_all(self, owner, account, kind):
        assert self.read(owner, account, kind=kind, first="0001-01-01", last="0001-01-02").status_code == 200

    def test_tells_of_no_day_to_come(self, owner, account):
        for last in (timezone.localdate() + timedelta(days=1), "9999-12-31"):
            answer = self.read(owner, account, first=last, last=last)
            assert (answer.status_code, answer.json()["errors"]) == (400, {"last": ["Choose today or an earlier day."]})

    def test_refuses_a_period_that_is_none(self, owner, account):
        today = timezone.localdate()
        for first in (today + timedelta(days=1), today - timedelta(days=366), "soon"):
            assert self.read(owner, account, first=first).status_code == 400

    def test_is_nothing_to_a_stranger(self, stranger, account):
        assert self.read(stranger, account).status_code == 404


class TestCertificates:
    @pytest.fixture
    def path(self, account):
        SettlementAccount.objects.filter(pk=account.pk).update(opened_at=timezone.now() - timedelta(days=9))
        return f"settlement-accounts/{account.reference}/certificates"

    @pytest.fixture
    def yesterday(self):
        return (timezone.localdate() - timedelta(days=1)).isoformat()

    def test_are_issued_once_for_one_key_and_on_paper(self, owner, path, yesterday):
        first, second = twice(owner, path, {"of": yesterday})
        told = first.json()
        assert (first.status_code, told, BalanceCertificate.objects.count()) == (201, second.json(), 1)
        assert (told["of"], told["balance"], told["address"].endswith(f"{told['code']}/")) == (yesterday, "0.00", True)
        assert [each["code"] for each in machine(owner).get(f"{ROOT}/{path}").json()["results"]] == [told["code"]]
        paper = machine(owner).get(f"{ROOT}/balance-certificates/{told['code']}/paper?language=zh-hans")
        assert paper.content.startswith(b"%PDF")

    def test_tell_only_days_that_are_over(self, owner, path):
        told = post(owner, path, {"of": timezone.localdate().isoformat()}, key="k")
        assert (told.status_code, told.json()["code"]) == (422, "day_not_over")

    def test_are_for_owners_and_operations(self, manager, officer, operations, stranger, path, yesterday):
        answers = [post(who, path, {"of": yesterday}, key="k") for who in (manager, officer, operations, stranger)]
        assert [each.status_code for each in answers] == [403, 403, 201, 404]


class TestRules:
    def put(self, user, enterprise, limit, second):
        told = {"daily_limit_amount": limit, "second_person_amount": second}
        return machine(user).put(f"{ROOT}/enterprises/{enterprise.reference}/payment-rules", told, format="json")

    def test_count_at_once_where_stricter_and_wait_where_looser(self, owner, enterprise):
        assert self.put(owner, enterprise, "100.00", "50.00").json() == {
            "daily_limit_amount": "100.00", "second_person_amount": "50.00", "to_come": None,
        }  # fmt: skip
        told = self.put(owner, enterprise, "200.00", None).json()
        assert (told["daily_limit_amount"], told["to_come"]["daily_limit_amount"]) == ("100.00", "200.00")

    def test_sent_twice_wait_no_longer(self, owner, enterprise):
        first, second = (self.put(owner, enterprise, "90000000.00", None).json() for _ in range(2))
        assert (first, PaymentRules.objects.count()) == (second, 1)

    @pytest.mark.parametrize("limit", ["-1", "1.001", "1e30", "1" * 17, "NaN", "", None])
    def test_refuse_what_is_no_limit(self, owner, enterprise, limit):
        assert self.put(owner, enterprise, limit, None).status_code in {400, 422}
        assert not PaymentRules.objects.exists()

    def test_are_set_by_owners(self, manager, officer, stranger, enterprise):
        answers = [self.put(who, enterprise, "1.00", None).status_code for who in (manager, officer, stranger)]
        assert answers == [403, 403, 404]


class TestPayees:
    def test_are_removed_once_and_for_good(self, owner, stranger, enterprise):
        payee = make_payee(enterprise)
        path = f"payees/{payee.reference}/remove"
        assert post(stranger, path).status_code == 404
        assert post(owner, path).json()["removed_at"]
        assert post(owner, path).status_code in {200, 409, 422}
        assert not Payee.objects.standing().exists()


class TestNotices:
    def put(self, user, enterprise, chosen):
        path = f"{ROOT}/enterprises/{enterprise.reference}/notices"
        return machine(user).put(path, {"chosen": chosen}, format="json")

    def test_are_exactly_what_was_chosen_last(self, owner, enterprise):
        low = {"kind": "low_balance", "channel": "sms", "threshold_amount": "500.00"}
        self.put(owner, enterprise, [{"kind": "money_in", "channel": "mail"}])
        assert self.put(owner, enterprise, [low]).json() == {"chosen": [low]}
        path = f"{ROOT}/enterprises/{enterprise.reference}/notices"
        assert machine(owner).get(path).json() == {"chosen": [low]}

    def test_refuse_one_twice_and_what_is_unknown(self, owner, enterprise):
        once = {"kind": "money_in", "channel": "sms"}
        for chosen in (
            [once, once],
            [{"kind": "gossip", "channel": "sms"}],
            [{**once, "threshold_amount": "-1"}],
            [{**once, "threshold_amount": "0.005"}],
        ):
            assert self.put(owner, enterprise, chosen).status_code == 400

    def test_refuse_a_name_that_nobody_heeds_and_say_where(self, owner, enterprise):
        told = {"kind": "money_in", "channel": "sms", "treshold_amount": "5.00"}
        refused = self.put(owner, enterprise, [told | {"kind": "money_out"}, told])
        unknown = ["There is no field of this name."]
        assert refused.json()["errors"] == {f"chosen.{place}.treshold_amount": unknown for place in (0, 1)}
        assert not NoticePreference.objects.exists()

    def test_say_where_what_is_wrong_stands(self, owner, enterprise):
        once = {"kind": "money_in", "channel": "sms"}
        refused = self.put(owner, enterprise, [once, {**once, "threshold_amount": "-1", "channel": "owl"}])
        told = refused.json()["errors"]
        assert sorted(told) == ["chosen.1.channel", "chosen.1.threshold_amount"]
        assert all(isinstance(each, str) for sentences in told.values() for each in sentences)

    def test_are_members_own(self, officer, stranger, enterprise):
        assert [self.put(who, enterprise, []).status_code for who in (officer, stranger)] == [403, 404]


class TestWebhooks:
    @pytest.fixture
    def path(self, enterprise):
        return f"enterprises/{enterprise.reference}/webhooks"

    def test_are_added_once_for_one_key_with_their_secret(self, owner, path):
        first, second = twice(owner, path, HOOK)
        assert (first.status_code, first.json(), WebhookEndpoint.objects.count()) == (201, second.json(), 1)
        assert first.json()["secret"].startswith("whsec_")
        (listed,) = machine(owner).get(f"{ROOT}/{path}").json()["results"]
        assert (listed["url"], listed["events"], "secret" in listed) == (HOOK["url"], HOOK["events"], False)
        assert post(owner, path, {**HOOK, "events": ["payment.settled"]}, key="k").status_code == 409

    @pytest.mark.parametrize(
        "url", ["http://shop.example/", "https://u:p@shop.example/", "https://10.0.0.8/", "nonsense"]
    )
    def test_refuse_an_address_that_is_none(self, owner, path, url):
        assert post(owner, path, {**HOOK, "url": url}, key="k").json()["code"] == "webhook_address_refused"

    def test_refuse_no_event_and_unknown_ones(self, owner, path):
        for events in ([], ["gossip"]):
            assert post(owner, path, {**HOOK, "events": events}, key="k").status_code == 400

    def test_enable_and_remove(self, owner, path):
        one = f"webhooks/{post(owner, path, HOOK, key='k').json()['reference']}"
        WebhookEndpoint.objects.update(disabled_at=NOW)
        assert post(owner, f"{one}/enable").json()["disabled_at"] is None
        assert post(owner, f"{one}/remove").json()["removed_at"]
        assert machine(owner).get(f"{ROOT}/{path}").json()["results"] == []

    def test_get_one_new_secret_for_one_key(self, owner, path):
        made = post(owner, path, HOOK, key="k").json()
        first, second = twice(owner, f"webhooks/{made['reference']}/rotate")
        assert (first.status_code, first.json()) == (200, second.json())
        endpoint = WebhookEndpoint.objects.get()
        assert (endpoint.secret, endpoint.old_secret) == (first.json()["secret"], made["secret"])

    def test_tell_no_key_a_secret_that_another_made(self, owner, path):
        made = post(owner, path, HOOK, key="k").json()
        rotate = f"webhooks/{made['reference']}/rotate"
        post(owner, rotate, key="a")
        newest = post(owner, rotate, key="b").json()
        told = [post(owner, path, HOOK, key="k"), *(post(owner, rotate, key=key) for key in "ab")]
        assert [each.json()["secret"] for each in told] == ["", "", newest["secret"]]

    def test_send_and_sign_nothing_more_once_removed(self, owner, path):
        made = post(owner, path, HOOK, key="k").json()
        WebhookDelivery.objects.create(
            reference="W-1", endpoint=WebhookEndpoint.objects.get(), event="x", body="{}", asked_at=NOW, due_at=NOW
        )
        post(owner, f"webhooks/{made['reference']}/remove")
        for verb in (f"webhooks/{made['reference']}/rotate", "webhook-deliveries/W-1/replay"):
            told = post(owner, verb, key="k")
            assert (told.status_code, told.json()["code"]) == (422, "webhook_removed")
        assert WebhookDelivery.objects.count() == 1

    def test_show_their_log_and_send_again_once_for_one_key(self, owner, path):
        made = post(owner, path, HOOK, key="k").json()
        endpoint = WebhookEndpoint.objects.get()
        sent = WebhookDelivery.objects.create(
            reference="W-1", endpoint=endpoint, event="account.money_in", body="{}", asked_at=NOW, due_at=NOW
        )
        sent.attempts.create(status=500, answer="no", tried_at=NOW)
        sent.attempts.create(status=503, answer="no", tried_at=NOW)
        sent.attempts.filter(status=500).update(answer="never")  # its row now lies behind the other
        first, second = twice(owner, "webhook-deliveries/W-1/replay")
        assert (first.status_code, first.json(), WebhookDelivery.objects.count()) == (201, second.json(), 2)
        log = machine(owner).get(f"{ROOT}/webhooks/{made['reference']}/deliveries").json()["results"]
        assert [[each["status"] for each in line["attempts"]] for line in log] == [[], [500, 503]]

    def test_are_the_owners_alone(self, owner, manager, officer, stranger, path):
        made = post(owner, path, HOOK, key="k").json()
        for who, status in ((manager, 403), (officer, 403), (stranger, 404)):
            assert post(who, path, HOOK, key="k").status_code == status
            assert post(who, f"webhooks/{made['reference']}/remove").status_code == status
            assert machine(who).get(f"{ROOT}/webhooks/{made['reference']}/deliveries").status_code == status
