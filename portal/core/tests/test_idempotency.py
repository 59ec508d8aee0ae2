"""Proofs of requests that arrive twice."""

import threading

import pytest
from django import forms
from django.db import transaction

from portal.core.idempotency import (
    IdempotencyKeyField,
    KeyMissing,
    KeyReused,
    answer_each_once,
    answer_once,
    fingerprint_of,
)
from portal.core.models import IdempotentAnswer
from portal.core.tests.together import together


def once(make, *, key="k", scope="s", fingerprint="f"):
    with transaction.atomic():
        return answer_once(scope, key, fingerprint=fingerprint, make=make)


class TestAnswerOnce:
    def test_gives_the_first_answer_again(self, db):
        assert [once(lambda: "first"), once(lambda: "second")] == ["first", "first"]

    def test_knows_keys_by_their_scope(self, db):
        assert [once(lambda: "a", scope="a"), once(lambda: "b", scope="b")] == ["a", "b"]

    def test_refuses_other_content_under_the_key(self, db):
        once(lambda: "first")
        with pytest.raises(KeyReused):
            once(lambda: "second", fingerprint="other")

    def test_refuses_without_a_key(self, db):
        with pytest.raises(KeyMissing):
            once(lambda: "first", key="")

    def test_forgets_a_try_that_failed(self, transactional_db):
        def fail():
            raise RuntimeError

        with pytest.raises(RuntimeError):
            once(fail)
        assert once(lambda: "made at last") == "made at last"

    def test_needs_a_transaction(self, transactional_db):
        with pytest.raises(AssertionError):
            answer_once("s", "k", fingerprint="f", make=lambda: "x")

    @pytest.mark.django_db(transaction=True)
    def test_lets_a_twin_wait_for_the_first(self):
        made = []

        def make():
            made.append(threading.get_ident())
            return str(len(made))

        answers = together(*[lambda: once(make)] * 4)
        assert (answers, len(made)) == (["1"] * 4, 1)
        assert IdempotentAnswer.objects.count() == 1


class TestAnswerEachOnce:
    def each_once(self, fingerprints):
        with transaction.atomic():
            return answer_each_once("s", fingerprints, make=lambda keys: [f"made for {key}" for key in keys])

    def test_makes_only_what_is_missing(self, db):
        once(lambda: "first", key="b")
        assert self.each_once({"a": "f", "b": "f", "c": "f"}) == ["made for a", "first", "made for c"]
        assert once(lambda: "second", key="c") == "made for c"

    def test_refuses_all_where_one_key_answered_something_else(self, transactional_db):
        once(lambda: "first", key="b")
        with pytest.raises(KeyReused):
            self.each_once({"a": "f", "b": "other"})
        assert once(lambda: "made at last", key="a") == "made at last"

    def test_refuses_all_where_one_key_is_missing(self, db):
        with pytest.raises(KeyMissing):
            self.each_once({"a": "f", "": "f"})


class TestFingerprintOf:
    def test_is_equal_for_equal_content_in_any_order(self):
        assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})

    def test_differs_with_the_content(self):
        assert fingerprint_of(["1"]) != fingerprint_of([1])


class TestIdempotencyKeyField:
    def test_makes_a_new_key_for_every_form(self):
        class Form(forms.Form):
            key = IdempotencyKeyField()

        first, second = Form()["key"].value(), Form()["key"].value()
        assert len(first) == 32
        assert first != second


class TestLongKeys:
    def test_that_only_begin_alike_are_two(self, db):
        one, other = ("k" * 100 + end for end in "ab")
        assert [once(lambda: "a", key=one), once(lambda: "b", key=other), once(lambda: "c", key=one)] == ["a", "b", "a"]
