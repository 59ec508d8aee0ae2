"""Files that come closed: ZIPs of several, and files behind a password, which the page asks for."""

import logging
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from accounts.cashflow import operations, queries
from accounts.cashflow.models import StatementImport
from accounts.cashflow.operations import AnswerRefused, PasswordRefused
from accounts.cashflow.operations.opening import MOST_TRIES
from accounts.cashflow.tests.builders import NOW, make_read, make_received, make_upload
from accounts.cashflow.tests.pages import page
from accounts.identity.tests.builders import machine
from accounts.statements.parsing import parse
from accounts.statements.parsing.tests import samples
from portal.core.models import AuditEvent, Job, StoredFile
from portal.core.tests.faults import break_writes
from portal.core.tests.together import done_together
from portal.core.transitions import TransitionRefused

SECRET = "S7x-geheim-924681"
JANUARY = b"Date,Amount,Description\n2026-01-05,10.00,tea\n"
FEBRUARY = b"Date,Amount,Description\n2026-02-05,20.00,tea\n"
BILLS = {"bills/january.csv": JANUARY, "bills/february.csv": FEBRUARY, "__MACOSX/bills/._january.csv": b"1"}


def locked(files: dict[str, bytes] | None = None) -> bytes:
    """Pack bills behind a password."""
    return samples.zipped(files or {"january.csv": JANUARY}, password=SECRET)


def bring(client: Client, enterprise, *uploads, key: str = "k"):
    """Send files on the page."""
    sent = {"file": list(uploads), "idempotency_key": key}
    return client.post(page("upload", enterprise.reference), sent)


@pytest.fixture
def waiting(enterprise) -> StatementImport:
    """A locked ZIP of two bills that asks for its password."""
    return make_read(make_received(enterprise, locked(BILLS), name="bills.zip"))


def content_of(file: StoredFile) -> bytes:
    """Read what is kept."""
    with file.open() as content:
        return content.read()


def amounts(enterprise) -> list[Decimal]:
    """List what counts, all files being read."""
    for statement in StatementImport.objects.filter(status="reading"):
        make_read(statement)
    return sorted(queries.counted(enterprise).values_list("amount", flat=True))


class TestZip:
    """A ZIP without a password."""

    def test_brings_each_file_in_it_as_if_chosen_by_itself(self, enterprise, owner, client_of):
        bring(client_of(owner), enterprise, make_upload(samples.zipped(BILLS), "bills.zip"))
        names = StatementImport.objects.order_by("pk").values_list("file__original_name", flat=True)
        assert (list(names), amounts(enterprise)) == (["january.csv", "february.csv"], [10, 20])

    def test_counts_once_a_file_that_came_by_itself_before(self, enterprise, owner, client_of):
        client = client_of(owner)
        bring(client, enterprise, make_upload(JANUARY))
        bring(client, enterprise, make_upload(samples.zipped(BILLS), "bills.zip"), key="l")
        assert (StatementImport.objects.count(), amounts(enterprise)) == (2, [10, 20])

    def test_comes_once_when_it_is_sent_twice(self, enterprise, owner, client_of):
        for _time in range(2):
            bring(client_of(owner), enterprise, make_upload(samples.zipped(BILLS), "bills.zip"))
        assert StatementImport.objects.count() == 2

    def test_names_a_file_in_it_that_is_too_large_and_takes_the_others(self, enterprise, owner, client_of):
        packed = samples.zipped({"large.csv": bytes(10 * 1024 * 1024 + 1), "a.csv": JANUARY})
        shown = bring(client_of(owner), enterprise, make_upload(packed, "bills.zip"))
        assert "large.csv is too large." in shown.text
        assert StatementImport.objects.get().file.original_name == "a.csv"

    def test_is_no_spreadsheet_which_is_a_zip_as_well(self, enterprise, owner, client_of):
        bring(
            client_of(owner), enterprise, make_upload(samples.xlsx([["Date", "Amount"], ["2026-01-05", 10]]), "a.xlsx")
        )
        assert (StatementImport.objects.get().file.original_name, amounts(enterprise)) == ("a.xlsx", [10])

    def test_says_of_a_broken_one_that_it_is_damaged(self, enterprise, owner, client_of):
        bring(client_of(owner), enterprise, make_upload(samples.zipped(BILLS)[:-30], "bills.zip"))
        assert make_read(StatementImport.objects.get()).refusal_code == "zip_broken"


class TestLocked:
    """A file behind a password waits for it."""

    def test_asks_for_the_password(self, waiting, enterprise):
        assert (waiting.status, waiting.question) == ("asks", {"kind": "password", "locked": "zip"})
        assert queries.asking(enterprise) == [waiting]

    def test_lets_the_others_of_one_choice_be_taken(self, enterprise, owner, client_of):
        files = [make_upload(locked(), "a.zip"), make_upload(FEBRUARY, "b.csv")]
        bring(client_of(owner), enterprise, *files)
        assert amounts(enterprise) == [20]
        assert len(queries.asking(enterprise)) == 1

    def test_can_be_taken_back(self, waiting, enterprise, owner, client_of):
        client_of(owner).post(page("withdraw", enterprise.reference, waiting.reference))
        assert queries.asking(enterprise) == []

    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", ["Waits for its password", "nothing of it counts until", "WeChat Pay", "last six digits"]),
            ("zh-hans", ["微信支付", "支付宝", "后六位"]),
        ],
    )
    def test_says_where_the_password_comes_from(self, waiting, enterprise, owner, client_of, language, told):
        client = client_of(owner)
        client.cookies["language"] = language
        text = client.get(page("statement", enterprise.reference, waiting.reference)).text
        for each in told:
            assert each in text, each
        assert "until the question is answered" not in text  # said once

    def test_says_to_staff_that_it_waits(self, waiting, enterprise, underwriter, client_of):
        for name, more in (("enterprise", []), ("statement", [waiting.reference])):
            assert "Waits for its password" in client_of(underwriter).get(page(name, enterprise.reference, *more)).text


class TestUnlock:
    """The password opens the file."""

    def unlock(self, statement: StatementImport, password: str = SECRET) -> list[StatementImport]:
        """Give the password."""
        return operations.unlock(statement, password, by="U-1", at=NOW)

    def test_reads_the_files_in_it_and_keeps_what_came(self, waiting, enterprise):
        content = content_of(waiting.file)
        (other,) = self.unlock(waiting)
        assert amounts(enterprise) == [10, 20]
        first = StatementImport.objects.get(pk=waiting.pk)
        assert (content_of(first.file), content_of(other.file)) == (JANUARY, FEBRUARY)
        assert first.locked_file == other.locked_file
        assert content_of(first.locked_file) == content

    def test_is_that_file_when_it_is_sent_again(self, waiting, enterprise):
        content = content_of(waiting.file)
        self.unlock(waiting)
        assert amounts(enterprise) == [10, 20]
        assert make_received(enterprise, content, name="bills.zip") == waiting

    @pytest.mark.parametrize("lock", [samples.xlsx_locked, samples.xls_locked])
    def test_reads_a_spreadsheet(self, enterprise, lock):
        content = lock([["Date", "Amount"], ["2026-01-05", 10]], SECRET)
        statement = make_read(make_received(enterprise, content, name="a.xls"))
        assert self.unlock(statement) == []
        assert amounts(enterprise) == [10]

    def test_asks_once_more_for_a_locked_file_in_a_locked_zip(self, enterprise):
        inner = samples.xlsx_locked([["Date", "Amount"], ["2026-01-05", 10]], "other")
        content = locked({"a.xlsx": inner})
        statement = make_read(make_received(enterprise, content))
        self.unlock(statement)
        statement = make_read(statement)
        assert statement.question == {"kind": "password", "locked": "spreadsheet"}
        self.unlock(statement, "other")
        assert amounts(enterprise) == [10]
        assert content_of(StatementImport.objects.get(pk=statement.pk).locked_file) == content
        assert make_received(enterprise, content) == statement

    def test_records_that_it_was_opened(self, waiting):
        self.unlock(waiting)
        event = AuditEvent.objects.get(verb="cashflow.statement_unlocked")
        assert (event.subject, len(event.details["others"])) == (waiting.reference, 1)

    def test_leaves_it_waiting_when_the_password_is_wrong(self, waiting):
        with pytest.raises(PasswordRefused) as caught:
            self.unlock(waiting, "wrong")
        waiting.refresh_from_db()
        assert (caught.value.code, waiting.status, StoredFile.objects.count()) == ("password_wrong", "asks", 1)

    def test_lets_nobody_try_without_end(self, waiting):
        for _try in range(MOST_TRIES):
            with pytest.raises(PasswordRefused):
                self.unlock(waiting, "wrong")
        with pytest.raises(PasswordRefused) as caught:
            self.unlock(waiting)
        assert caught.value.code == "password_tries"

    def test_refuses_what_was_withdrawn_meanwhile(self, waiting):
        seen = StatementImport.objects.get(pk=waiting.pk)
        operations.withdraw(waiting, by="U-1", at=NOW)
        with pytest.raises(TransitionRefused):
            self.unlock(seen)

    def test_refuses_where_no_password_is_asked(self, enterprise):
        asking = make_read(make_received(enterprise, b"Date,Amount\n02/01/2026,10.00\n"))
        with pytest.raises(AnswerRefused):
            self.unlock(asking)

    def test_takes_no_other_answer(self, waiting):
        with pytest.raises(AnswerRefused):
            operations.answer(waiting, {"dates": "dmy"}, by="U-1", at=NOW)

    def test_is_not_asked_again_by_a_reading_that_began_before(self, waiting, enterprise):
        Job.objects.update(done_at=None)
        StatementImport.objects.filter(pk=waiting.pk).update(status="reading", question={})

        def late(content: bytes, **_told: object) -> list:
            StatementImport.objects.filter(pk=waiting.pk).update(status="asks", question=waiting.question)
            self.unlock(StatementImport.objects.get(pk=waiting.pk))
            return parse(content, name="bills.zip")

        operations.read(waiting.reference, at=NOW, reader=late)
        assert StatementImport.objects.get(pk=waiting.pk).status == "reading"
        assert amounts(enterprise) == [10, 20]


class TestPage:
    """The page on which the password is given."""

    def answer(self, client: Client, statement: StatementImport, password: str = SECRET):
        """Send the password."""
        address = page("statement_answer", statement.enterprise.reference, statement.reference)
        return client.post(address, {"password": password})

    def test_opens_the_file_and_leads_to_all_that_was_in_it(self, waiting, enterprise, owner, client_of):
        response = self.answer(client_of(owner), waiting, f" {SECRET} ")
        assert (response.status_code, response.url) == (302, page("enterprise", enterprise.reference))
        assert amounts(enterprise) == [10, 20]

    def test_says_at_the_field_that_it_is_wrong_and_does_not_repeat_it(self, waiting, owner, client_of):
        response = self.answer(client_of(owner), waiting, "falsch-77")
        assert response.status_code == 422
        assert "This password does not open the file." in response.text
        assert 'aria-invalid="true"' in response.text
        assert "falsch-77" not in response.text

    def test_goes_on_asking_when_a_file_in_it_is_too_large(self, enterprise, owner, client_of):
        large = {"a.csv": JANUARY, "large.csv": bytes(10 * 1024 * 1024 + 1)}
        response = self.answer(client_of(owner), make_read(make_received(enterprise, locked(large))))
        assert (response.status_code, "large.csv is too large." in response.text) == (422, True)
        assert 'name="password"' in response.text

    def test_opens_it_once_when_it_is_sent_twice(self, waiting, enterprise, owner, client_of):
        for _time in range(2):
            assert self.answer(client_of(owner), waiting).status_code == 302
        assert (StatementImport.objects.count(), amounts(enterprise)) == (2, [10, 20])

    def test_hands_out_both_what_came_and_what_was_in_it(self, waiting, enterprise, underwriter, client_of):
        content, client = content_of(waiting.file), client_of(underwriter)
        addresses = [page(each, enterprise.reference, waiting.reference) for each in ("file", "locked_file")]
        assert client.get(addresses[1]).status_code == 404
        operations.unlock(waiting, SECRET, by="U-1", at=NOW)
        assert [b"".join(client.get(each).streaming_content) for each in addresses] == [JANUARY, content]
        read = AuditEvent.objects.filter(verb="identity.paper_read")
        told = (enterprise.reference, underwriter.reference, {"statement": waiting.reference})
        assert list(read.values_list("subject", "by", "details")) == [told, told]
        assert addresses[1] in client.get(page("statement", enterprise.reference, waiting.reference)).text

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 403), ("officer", 302)])
    def test_is_for_those_who_may(self, waiting, client_of, request, who, status):
        assert self.answer(client_of(request.getfixturevalue(who)), waiting).status_code == status


class TestMachine:
    """The same for programs."""

    pytestmark = pytest.mark.urls("accounts.cashflow.tests.api_urls")

    def send(self, user, enterprise, content: bytes, **more):
        """Send a file."""
        address = f"/api/enterprises/{enterprise.reference}/statements"
        sent = {"file": make_upload(content, "bills.zip"), **more}
        return machine(user).post(address, sent, format="multipart", headers={"Idempotency-Key": "k"})

    def test_takes_the_password_with_the_file(self, enterprise, owner):
        content = locked(BILLS)
        first, again = (self.send(owner, enterprise, content, password=SECRET) for _time in range(2))
        assert (first.status_code, first.data["file_name"], len(first.data["others"])) == (202, "january.csv", 1)
        assert first.data == again.data
        assert amounts(enterprise) == [10, 20]

    def test_refuses_a_wrong_one_and_keeps_nothing(self, enterprise, owner):
        response = self.send(owner, enterprise, locked(BILLS), password="wrong")
        assert (response.status_code, response.data["code"]) == (422, "password_wrong")
        assert not StoredFile.objects.exists()

    def test_does_not_mind_one_for_a_file_without(self, enterprise, owner):
        assert self.send(owner, enterprise, JANUARY, password=SECRET).status_code == 202
        assert StatementImport.objects.get().locked_file is None

    def test_takes_it_as_an_answer(self, waiting, owner):
        address = f"/api/statements/{waiting.reference}/answer"
        response = machine(owner).post(address, {"password": SECRET}, format="json")
        assert (response.status_code, response.data["status"], len(response.data["others"])) == (202, "reading", 1)
        assert "password" not in response.data


class TestSecret:
    """The password is nowhere when it has done its work."""

    def test_stands_in_no_row_no_task_no_file_and_no_log(self, waiting, owner, client_of, caplog):
        caplog.set_level(logging.DEBUG)
        client = client_of(owner)
        for password in (f"{SECRET}x", SECRET):
            TestPage().answer(client, waiting, password)
        assert amounts(waiting.enterprise) == [10, 20]
        assert SECRET not in caplog.text
        assert SECRET not in rows()
        assert not [each for each in StoredFile.objects.all() if SECRET.encode() in content_of(each)]
        assert SECRET not in repr([cache.get(key) for key in keys()])

    @pytest.mark.urls("accounts.cashflow.tests.api_urls")
    def test_stands_in_no_report_of_an_error(self, enterprise, owner, settings, mailoutbox):
        settings.ADMINS = [("Admin", "admin@bank.example")]
        client = machine(owner)
        client.raise_request_exception = False
        break_writes(StatementImport, "TRUE")
        address = f"/api/enterprises/{enterprise.reference}/statements"
        sent = {"file": make_upload(locked(BILLS), "bills.zip"), "password": SECRET}
        response = client.post(address, sent, format="multipart", headers={"Idempotency-Key": "k"})
        (report,) = mailoutbox
        assert response.status_code == 500
        assert "a fault of ours" in report.body
        assert SECRET not in report.body


def rows() -> str:
    """Write down every row of every table."""
    return repr([list(model._default_manager.values()) for model in apps.get_models()])


def keys() -> list[str]:
    """List what is in the cache."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return [key.decode().partition(":1:")[2] for key in client.keys("*")]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two who give the password together."""

    def test_open_it_once(self, waiting, enterprise):
        mine = [StatementImport.objects.get(pk=waiting.pk) for _each in range(2)]
        done_together(*(partial(operations.unlock, each, SECRET, by="U-1", at=NOW) for each in mine))
        assert StatementImport.objects.count() == 2
        assert amounts(enterprise) == [10, 20]
