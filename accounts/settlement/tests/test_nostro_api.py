"""API of our account at the other bank: files are brought, looked at line by line, and agreed to by another."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.settlement import tasks
from accounts.settlement.models import NostroStatement, SuspenseItem
from accounts.settlement.tests.builders import balance, held
from accounts.settlement.tests.nostro import line, statement
from accounts.statements import writing
from portal.core.files.operations import MAX_BYTES

ROOT = "/api/v1/nostro-statements"


@pytest.fixture
def file(account):
    today = timezone.localdate()
    to_account = line("12.00", f"for {account.number}", on=today, reference="r1")
    return writing.as_camt053(statement(to_account, line("5.00", "who knows", on=today, reference="r2")))


def post(user, path="", told=None, key=""):
    headers = {"Idempotency-Key": key} if key else {}
    return machine(user).post(f"{ROOT}{path}", told or {}, format="json", headers=headers)


def bring(user, content, key="k"):
    upload = {"file": SimpleUploadedFile("statement.xml", content)}
    return machine(user).post(ROOT, upload, format="multipart", headers={"Idempotency-Key": key} if key else {})


def read(user, path=""):
    return machine(user).get(f"{ROOT}{path}")


class TestNostroStatements:
    def test_are_brought_once_and_booked_when_another_agrees(self, operations, colleague, account, file):
        first, second = (bring(operations, file) for _ in range(2))
        assert (first.status_code, first.json()["status"], NostroStatement.objects.count()) == (201, "reading", 1)
        reference = first.json()["reference"]
        assert second.json()["reference"] == reference
        tasks.read_nostro(reference)
        told = read(colleague, f"/{reference}").json()
        assert [told[name] for name in ("status", "format", "closing_balance", "line_count", "name")] == [
            "waiting", "camt053", "17.00", 2, "statement.xml",
        ]  # fmt: skip
        seen = {"seen": told["shown"]}
        assert post(operations, f"/{reference}/agree", seen).json()["code"] == "same_person"
        assert post(colleague, f"/{reference}/agree", {"seen": "something else"}).json()["code"] == "changed_since"
        assert (held(account), balance("suspense")) == (1000, 0)
        assert post(colleague, f"/{reference}/agree", seen).json()["status"] == "agreed"
        tasks.reconcile(reference)
        assert (held(account), balance("suspense")) == (1012, 5)
        assert post(colleague, f"/{reference}/agree", seen).status_code == 409

    def test_tell_line_by_line_what_each_would_do_and_did(self, operations, colleague, account, file):
        reference = bring(operations, file).json()["reference"]
        tasks.read_nostro(reference)
        shown = read(colleague, f"/{reference}").json()["shown"]
        lines = read(colleague, f"/{reference}/lines").json()["results"]
        assert [(each["line_number"], each["amount"], each["foreseen"], each["foreseen_goal"]) for each in lines] == [
            (2, "5.00", "suspense", ""), (1, "12.00", "receipt", account.reference),
        ]  # fmt: skip
        post(colleague, f"/{reference}/agree", {"seen": shown})
        tasks.reconcile(reference)
        (unmatched,) = read(colleague, f"/{reference}/lines?status=suspense").json()["results"]
        assert (unmatched["text"], unmatched["suspense_item"]) == ("who knows", SuspenseItem.objects.get().reference)
        (matched,) = read(colleague, f"/{reference}/lines?status=matched").json()["results"]
        assert (matched["account"], matched["rule"], matched["kind"]) == (account.reference, "number", "receipt")

    def test_brought_again_under_another_key_book_nothing(self, operations, colleague, account, file):
        for key in ("one", "two"):
            reference = bring(operations, file, key).json()["reference"]
            tasks.read_nostro(reference)
            shown = read(colleague, f"/{reference}").json()["shown"]
            assert post(colleague, f"/{reference}/agree", {"seen": shown}).status_code == 200
            tasks.reconcile(reference)
        assert (held(account), balance("suspense"), SuspenseItem.objects.count()) == (1012, 5, 1)
        assert read(colleague, f"/{reference}").json()["known_count"] == 2
        assert [each["name"] for each in read(operations).json()["results"]] == ["statement.xml"] * 2

    def test_are_set_aside_with_a_reason(self, operations, colleague, account, file):
        reference = bring(operations, file).json()["reference"]
        tasks.read_nostro(reference)
        assert post(colleague, f"/{reference}/set-aside").status_code == 400
        told = post(colleague, f"/{reference}/set-aside", {"reason": "not theirs"}).json()
        assert (told["status"], told["reason"], held(account)) == ("set_aside", "not theirs", 1000)
        assert read(operations, "?status=waiting").json()["results"] == []
        assert len(read(operations, "?status=set_aside").json()["results"]) == 1

    def test_say_why_they_were_not_accepted(self, operations, bank):
        reference = bring(operations, b"no statement at all").json()["reference"]
        tasks.read_nostro(reference)
        told = read(operations, f"/{reference}").json()
        assert (told["status"], bool(told["refusal"]), told["shown"]) == ("refused", True, "")

    def test_are_refused_where_too_large(self, operations, bank):
        answer = bring(operations, b"x" * (MAX_BYTES + 1))
        assert (answer.status_code, answer.json()["code"], NostroStatement.objects.exists()) == (
            422, "file_too_large", False,
        )  # fmt: skip

    def test_want_a_key_and_a_file_and_one_key_for_each(self, operations, account, file):
        assert bring(operations, file, "").json()["code"] == "key_missing"
        assert post(operations, key="k").json()["errors"].keys() == {"file"}
        assert bring(operations, b"").status_code == 400
        bring(operations, file)
        assert bring(operations, file + b" ").json()["code"] == "key_reused"
        assert NostroStatement.objects.count() == 1

    def test_are_brought_by_operations_read_by_auditors_and_hidden_from_others(
        self, operations, auditor, officer, owner, account, file
    ):
        reference = bring(operations, file).json()["reference"]
        assert read(auditor, f"/{reference}").status_code == 200
        assert bring(auditor, file).status_code == 403
        assert post(auditor, f"/{reference}/agree", {"seen": "x"}).status_code == 403
        for user in (owner, officer):
            for known in (reference, "NS-NONE"):
                answers = [
                    read(user), read(user, f"/{known}"), read(user, f"/{known}/lines"), bring(user, file),
                    post(user, f"/{known}/agree", {"seen": "x"}), post(user, f"/{known}/set-aside", {"reason": "x"}),
                ]  # fmt: skip
                assert {each.status_code for each in answers} == {403}

    def test_are_told_apart_from_states_that_are_none(self, operations, account, file):
        reference = bring(operations, file).json()["reference"]
        for path in ("?status=nowhere", f"/{reference}/lines?status=nowhere"):
            answer = read(operations, path)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, ["status"])

    def test_are_listed_with_as_many_queries_however_many(
        self, operations, account, file, django_assert_max_num_queries
    ):
        for number in range(6):
            bring(operations, file + b"\n" * number, str(number))
        tasks.read_nostro(NostroStatement.objects.first().reference)
        client = machine(operations)
        with django_assert_max_num_queries(8):
            assert len(client.get(ROOT).json()["results"]) == 6
