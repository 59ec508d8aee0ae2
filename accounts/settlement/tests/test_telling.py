"""What owners are told of their accounts, by notice and by webhook: what they chose, once, and only what happened."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.identity.models import Membership, User
from accounts.ledger import operations as ledger
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.happenings import ON_BY_DEFAULT, Happening
from accounts.settlement.models import AnnouncedBlock, NoticePreference
from accounts.settlement.tests.builders import make_deposit, make_payee, make_payment, make_settlement_account, withdraw
from portal.core.models import AuditEvent, Channel, Job, Notice, WebhookDelivery, WebhookEndpoint
from portal.core.notices import operations as notices
from portal.core.tests.faults import break_writes, mend_writes

SMS, MAIL = Channel.SMS, Channel.MAIL
ACT = {"at": NOW, "by": "U-OWNER"}
HOOK = {"key": "hook", **ACT}


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


def choose(person, *choices):
    membership = Membership.objects.get(user=person)
    settlement.choose_notices(membership, [settlement.Choice(*choice) for choice in choices], at=NOW, by="U-OWNER")


def announce(at=NOW):
    while ledger.seal_entries(at=at):
        pass
    while settlement.announce_next(at=at):
        pass


def told():
    return [(notice.code, notice.channel, json.loads(notice.params)) for notice in Notice.objects.order_by("pk")]


class TestNotices:
    def test_tell_of_money_from_the_chosen_amount_on(self, account, owner):
        choose(owner, (Happening.MONEY_IN, SMS, Decimal(100)))
        make_deposit(account, "99.99")
        make_deposit(account, "100.00")
        announce()
        ((code, channel, params),) = told()
        assert (code, channel, params["amount"], params["number"]) == (
            "money_in",
            "sms",
            "¥100.00",
            account.number[-4:],
        )

    def test_are_sent_once(self, account, owner):
        choose(owner, (Happening.MONEY_IN, SMS))
        make_deposit(account, "5.00")
        announce()
        announce()
        assert (len(told()), AnnouncedBlock.objects.count()) == (1, 1)

    def test_tell_of_a_balance_when_it_falls_not_while_it_is_low(self, account, owner):
        make_deposit(account, "500.00")
        announce()
        choose(owner, (Happening.LOW_BALANCE, SMS, Decimal(300)))
        for amount in ("150.00", "100.00", "50.00"):
            withdraw(account, amount)
            announce()
        ((code, _channel, params),) = told()
        assert (code, params["amount"], params["threshold"]) == ("low_balance", "¥250.00", "¥300.00")

    def test_tell_of_a_payment_that_came_back(self, account, owner, enterprise):
        make_deposit(account, "500.00")
        payment = make_payment(account, make_payee(enterprise), "30.00")
        settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        payment.refresh_from_db()
        settlement.give_back(payment, reason="AC04", on=TODAY, at=NOW, by="U-OPS")
        choose(owner, (Happening.PAYMENT_RETURNED, SMS))
        announce()
        assert [(code, params["amount"]) for code, _channel, params in told()] == [("payment_returned", "¥30.00")]

    def test_ask_nothing_of_accounts_of_which_nobody_wants_to_know(self, account):
        asked = []
        for times in (1, 5):
            for _ in range(times):
                make_deposit(account, "10.00")
            while ledger.seal_entries(at=NOW):
                pass
            with CaptureQueriesContext(connection) as queries:
                assert settlement.announce_next(at=NOW)
            asked.append(len(queries))
        assert asked[0] == asked[1]

    def test_are_no_news_after_a_day(self, account, owner):
        choose(owner, (Happening.MONEY_IN, SMS))
        make_deposit(account, "5.00")
        announce(NOW + timedelta(days=2))
        assert (told(), AnnouncedBlock.objects.count()) == ([], 1)

    def test_go_only_to_addresses_that_were_confirmed(self, account, owner):
        choose(owner, (Happening.MONEY_IN, MAIL), (Happening.MONEY_IN, SMS))
        owner.phone_verified = False
        owner.save()
        make_deposit(account, "5.00")
        announce()
        assert told() == []

    def test_end_with_the_membership(self, account, owner):
        choose(owner, (Happening.MONEY_IN, SMS))
        Membership.objects.update(ended_at=NOW)
        make_deposit(account, "5.00")
        announce()
        assert told() == []

    def test_hold_nothing_of_the_number_but_its_end(self, account, owner):
        choose(owner, *((kind, SMS, Decimal(0)) for kind in Happening))
        make_deposit(account, "5.00")
        announce()
        texts = [notices.text_of(notice) for notice in Notice.objects.all()]
        assert texts
        assert all(account.number not in text for text in texts)

    def test_are_written_in_both_languages_for_every_kind(self, db):
        told = {"amount": "¥5.00", "threshold": "¥9.00", "number": "1234", "reference": "WE-1"}
        params = json.dumps(told | {"day": "2 April", "days": 1, "missing": "¥1.00", "loan": "L-1"})
        for kind in [*Happening.values, "webhook_disabled"]:
            for channel in (SMS, MAIL) if kind != "webhook_disabled" else (SMS,):
                words = {
                    notices.text_of(Notice(code=kind, channel=channel, language=language, params=params))
                    for language in ("en", "zh-hans")
                }
                assert len(words) == 2


class TestChoosing:
    def address(self, enterprise):
        return reverse("settlement:notices", args=[enterprise.reference])

    def test_keeps_what_a_member_chose_and_who(self, client_of, owner, enterprise):
        client = client_of(owner)
        asked = {"money_in_sms": "on", "money_in_amount": "1,000", "low_balance_mail": "on", "low_balance_amount": "50"}
        for _twice in range(2):
            assert client.post(self.address(enterprise), asked).headers["Location"] == self.address(enterprise)
        wanted = NoticePreference.objects.filter(is_wanted=True).order_by("kind")
        kept = wanted.values_list("kind", "channel", "threshold_amount")
        assert list(kept) == [("low_balance", "mail", 50), ("money_in", "sms", 1000)]
        assert AuditEvent.objects.filter(verb="settlement.notices_chosen", by=owner.reference).count() == 2
        assert "1000" in client.get(self.address(enterprise)).content.decode()

    def test_is_each_members_own(self, client_of, owner, manager, enterprise):
        choose(owner, (Happening.MONEY_IN, SMS))
        client_of(manager).post(self.address(enterprise), {"money_out_sms": "on"})
        wanted = NoticePreference.objects.filter(is_wanted=True)
        assert set(wanted.values_list("membership__user", "kind")) == {
            (owner.pk, "money_in"),
            (manager.pk, "money_out"),
        }

    def test_ticks_for_owners_what_is_on_by_default_until_they_choose(self, client_of, owner, manager, enterprise):
        def ticked(person):
            shown = client_of(person).get(self.address(enterprise)).content.decode()
            return set(re.findall(r'<input[^>]*name="(\w+)"[^>]*checked', shown))

        assert ticked(owner) == {f"{kind}_sms" for kind in ON_BY_DEFAULT}
        assert ticked(manager) == set()
        client_of(owner).post(self.address(enterprise), {"money_in_sms": "on", "installment_late_mail": "on"})
        assert ticked(owner) == {"money_in_sms", "installment_late_mail"}

    def test_ticks_mail_for_an_owner_whom_mail_alone_reaches(self, client_of, owner, enterprise):
        EmailAddress.objects.create(user=owner, email="li.na@shop.example", verified=True, primary=True)
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
        shown = client_of(owner).get(self.address(enterprise)).content.decode()
        ticked = set(re.findall(r'<input[^>]*name="(\w+)"[^>]*checked', shown))
        assert ticked == {f"{kind}_mail" for kind in ON_BY_DEFAULT}

    def test_says_what_is_wrong(self, client_of, owner, enterprise):
        asked = {"money_in_sms": "on", "money_in_amount": "-1", "low_balance_amount": "1e3"}
        page = client_of(owner).post(self.address(enterprise), asked)
        assert page.status_code == 422
        assert "Money came in, “From which amount on”: Give an amount of at least 0.00.</a>" in page.text
        assert "The balance is low, “Below which balance”: Give an amount in digits, for example 1,000.00." in page.text

    def test_is_closed_to_staff_and_unknown_to_strangers(self, client_of, operations, stranger, enterprise):
        answers = [client_of(user).get(self.address(enterprise)).status_code for user in (operations, stranger)]
        assert answers == [403, 404]


class TestChosenBefore:
    def choose(self, person, *choices):
        membership = Membership.objects.get(user=person)
        Membership.objects.filter(pk=membership.pk).update(began_at=NOW - timedelta(days=2))
        chosen = [settlement.Choice(*choice) for choice in choices]
        settlement.choose_notices(membership, chosen, at=NOW, by=person.reference)

    def migrated(self):
        NoticePreference.objects.filter(is_wanted=False).delete()  # what was not chosen left no row
        migration = import_module("accounts.migrations.0029_notices_on_by_default")
        with connection.cursor() as cursor:
            cursor.execute(migration.CHOSE_OTHERWISE)
        rows = NoticePreference.objects.order_by("membership", "kind")
        return list(rows.values_list("membership__user", "kind", "channel", "is_wanted"))

    def test_keeps_to_that(self, owner, manager):
        self.choose(owner, (Happening.PAYMENT_RETURNED, MAIL))
        self.choose(manager, (Happening.MONEY_IN, SMS))
        assert self.migrated() == [
            (owner.pk, "collection_failed", "sms", False),
            (owner.pk, "payment_returned", "mail", True),
            (manager.pk, "collection_failed", "sms", False),
            (manager.pk, "money_in", "sms", True),
            (manager.pk, "payment_returned", "sms", False),
        ]

    def test_keeps_to_nothing_where_all_was_turned_off(self, owner, manager):
        self.choose(owner, (Happening.MONEY_IN, SMS))
        self.choose(owner)
        assert self.migrated() == [(owner.pk, kind, "sms", False) for kind in ("collection_failed", "payment_returned")]

    def test_is_not_what_was_chosen_for_another_enterprise_nor_in_an_earlier_membership(
        self, owner, enterprise, stranger
    ):
        self.choose(owner)
        Membership.objects.filter(user=owner).update(ended_at=NOW)
        later = enterprise.memberships.create(user=owner, role="owner", began_at=NOW + timedelta(days=1))
        elsewhere = Membership.objects.get(user=stranger).enterprise
        other = elsewhere.memberships.create(user=owner, role="owner", began_at=NOW - timedelta(days=2))
        self.migrated()
        assert not NoticePreference.objects.filter(membership__in=[later, other]).exists()


class TestWebhooks:
    def test_tell_of_money_and_of_payments(self, account, enterprise):
        settlement.add_webhook(
            enterprise,
            url="https://shop.example/hook",
            events=["account.money_in", "account.money_out", "payment.accepted", "payment.settled"],
            **HOOK,
        )
        make_deposit(account, "500.00")
        payment = make_payment(account, make_payee(enterprise), "30.00")
        settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        payment.refresh_from_db()
        settlement.settle(payment, on=TODAY, at=NOW, by="U-OPS")
        announce()
        bodies = [json.loads(each.body) for each in WebhookDelivery.objects.order_by("pk")]
        assert [(body["type"], body["data"]["amount"]) for body in bodies] == [
            ("account.money_in", "500.00"),
            ("account.money_out", "30.00"),
            ("payment.accepted", "30.00"),
            ("payment.settled", "30.00"),
        ]
        assert bodies[3]["data"]["payment"] == payment.reference

    def test_tell_of_the_others_where_one_fails_by_a_fault_of_ours(self, account, enterprise):
        settlement.add_webhook(enterprise, url="https://x.example/", events=["account.money_in"], **HOOK)
        entries = [make_deposit(account, amount) for amount in ("5.00", "6.00", "7.00")]
        break_writes(WebhookDelivery, "NEW.body LIKE '%6.00%'")
        with capture_logs() as logs:
            announce()
        bodies = [json.loads(each.body) for each in WebhookDelivery.objects.order_by("pk")]
        assert [body["data"]["amount"] for body in bodies] == ["5.00", "7.00"]
        assert [(each["event"], each["reference"]) for each in logs if each["log_level"] == "error"] == [
            ("settlement.not_announced", entries[1].reference)
        ]

    @pytest.mark.parametrize(("hours", "amounts"), [(2, ["5.00", "6.00"]), (48, ["5.00"])])
    def test_that_failed_are_told_once_when_mended_while_they_are_news(self, account, enterprise, hours, amounts):
        settlement.add_webhook(enterprise, url="https://x.example/", events=["account.money_in"], **HOOK)
        for amount in ("5.00", "6.00"):
            make_deposit(account, amount)
        break_writes(WebhookDelivery, "NEW.body LIKE '%6.00%'")
        announce()
        reference = Job.objects.get(name="settlement.announce_again").reference
        mend_writes(WebhookDelivery)
        for _twice in range(2):
            settlement.announce_again(reference, at=NOW + timedelta(hours=hours))
        bodies = [json.loads(each.body) for each in WebhookDelivery.objects.order_by("pk")]
        assert [body["data"]["amount"] for body in bodies] == amounts

    def test_tell_nobody_else(self, account, stranger):
        other = Membership.objects.get(user=stranger).enterprise
        settlement.add_webhook(other, url="https://x.example/", events=["account.money_in"], **HOOK)
        make_deposit(account, "500.00")
        announce()
        assert not WebhookDelivery.objects.exists()

    def test_that_fell_silent_are_told_to_the_owner_once(self, enterprise, owner):
        made = settlement.add_webhook(enterprise, url="https://x.example/", events=["account.money_in"], **HOOK)
        WebhookEndpoint.objects.update(disabled_at=NOW)
        assert [settlement.tell_of_silent_webhooks(at=NOW) for _twice in range(2)] == [1, 0]
        ((code, _channel, params),) = told()
        assert (code, params) == ("webhook_disabled", {"reference": made.reference})


class TestWebhookPages:
    @pytest.fixture
    def endpoint(self, enterprise):
        return settlement.add_webhook(enterprise, url="https://x.example/", events=["account.money_in"], **HOOK)

    @pytest.fixture
    def addresses(self, enterprise, endpoint):
        return [
            reverse("settlement:webhooks", args=[enterprise.reference]),
            reverse("settlement:webhook", args=[endpoint.reference]),
        ]

    def test_add_an_address_and_show_its_secret_once(self, client_of, owner, enterprise):
        client = client_of(owner)
        asked = {"url": "https://shop.example/hook", "events": ["account.money_in"], "idempotency_key": "k"}
        page = reverse("settlement:webhooks", args=[enterprise.reference])
        _first, response = (client.post(page, asked) for _twice in range(2))
        made = WebhookEndpoint.objects.get()
        first, second = (client.get(response.headers["Location"]).content.decode() for _twice in range(2))
        secret = made.secret.replace("+", "&#x2B;").replace("=", "&#x3D;")
        assert (made.secret in first or secret in first, made.secret in second) == (True, False)

    def test_are_reached_from_an_owners_programs_only(self, client_of, owner, manager, enterprise):
        page = reverse("settlement:webhooks", args=[enterprise.reference])
        seen = [page in client_of(who).get(reverse("identity:programs")).text for who in (owner, manager)]
        assert seen == [True, False]

    @pytest.mark.parametrize("url", ["http://shop.example/", "https://", "nonsense"])
    def test_refuse_an_address_that_is_not_https(self, client_of, owner, enterprise, url):
        asked = {"url": url, "events": ["account.money_in"], "idempotency_key": "k"}
        response = client_of(owner).post(reverse("settlement:webhooks", args=[enterprise.reference]), asked)
        assert (response.status_code, WebhookEndpoint.objects.count()) == (422, 0)

    def test_show_the_log_and_send_again(self, client_of, owner, account, endpoint, addresses):
        make_deposit(account, "500.00")
        announce()
        (delivery,) = WebhookDelivery.objects.all()
        client = client_of(owner)
        assert delivery.reference in client.get(addresses[1]).content.decode()
        for _twice in range(2):
            client.post(reverse("settlement:replay_webhook", args=[delivery.reference]), {"idempotency_key": "again"})
        assert WebhookDelivery.objects.count() == 2
        assert AuditEvent.objects.filter(verb="webhooks.replayed", by=owner.reference).exists()

    def test_rotate_enable_and_remove(self, client_of, owner, endpoint, addresses):
        client = client_of(owner)
        WebhookEndpoint.objects.update(disabled_at=NOW)
        for verb in ("rotate", "rotate", "enable", "remove"):
            change = reverse("settlement:change_webhook", args=[endpoint.reference, verb])
            assert client.post(change, {"idempotency_key": "new"}).status_code == 302
        before = endpoint.secret
        endpoint.refresh_from_db()
        assert (endpoint.old_secret, endpoint.disabled_at, endpoint.removed_at is not None) == (before, None, True)
        assert client.post(reverse("settlement:change_webhook", args=[endpoint.reference, "x"])).status_code == 404
        assert client.get(addresses[1]).status_code == 200

    def test_send_nothing_again_once_removed(self, client_of, owner, account, endpoint, addresses):
        make_deposit(account, "500.00")
        announce()
        (delivery,) = WebhookDelivery.objects.all()
        client, again = client_of(owner), reverse("settlement:replay_webhook", args=[delivery.reference])
        assert again in client.get(addresses[1]).content.decode()
        settlement.remove_webhook(endpoint, **ACT)
        answer = client.post(again, {"idempotency_key": "again"}, follow=True).content.decode()
        assert (again in answer, "It is sent again." in answer, WebhookDelivery.objects.count()) == (False, False, 1)

    def test_are_the_owners_alone(self, client_of, manager, operations, stranger, endpoint, addresses):
        change = reverse("settlement:change_webhook", args=[endpoint.reference, "remove"])
        for user, status in ((manager, 403), (operations, 403), (stranger, 404)):
            client = client_of(user)
            answers = [client.get(address).status_code for address in addresses] + [client.post(change).status_code]
            assert answers == [status] * 3

    def test_take_only_their_methods(self, client_of, owner, endpoint, addresses):
        client = client_of(owner)
        change = reverse("settlement:change_webhook", args=[endpoint.reference, "remove"])
        assert [client.post(addresses[1]).status_code, client.get(change).status_code] == [405, 405]
