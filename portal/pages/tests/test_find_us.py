"""Proofs of the page of branches: open to anybody, in both languages, light."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.settlement.tests.builders import make_drawer

pytestmark = pytest.mark.django_db
PAGE = "/our-branches/"


class TestFindUs:
    def test_tells_anybody_where_when_and_by_which_number(self, bank):
        branch = bank.branch
        branch.address_en, branch.phone, branch.hours_en = "18 Quay Street", "0572 555-0101", "Monday to Friday"
        branch.save()
        shown = Client().get(PAGE).text
        for part in ("River Town", "18 Quay Street", "Monday to Friday", 'href="tel:05725550101"', "Hill Village"):
            assert part in shown
        assert "Head office" not in shown

    def test_is_told_in_chinese(self, bank):
        shown = Client(headers={"accept-language": "zh-hans"}).get(PAGE).text
        assert "河镇支行" in shown

    def test_says_where_cash_is(self, bank, operations):
        assert "counter for cash" not in Client().get(PAGE).text
        make_drawer(bank.branch, holder=operations)
        assert Client().get(PAGE).text.count("counter for cash") == 1

    def test_may_be_kept_by_a_browser_and_costs_two_queries(self, bank, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            answer = Client().get(PAGE)
        assert "max-age=600" in answer["Cache-Control"]
        assert Client().post(PAGE).status_code == 405

    def test_is_named_where_a_lost_phone_is_told_of_and_on_every_page(self, bank):
        assert reverse("find_us") == PAGE
        assert PAGE in Client().get("/").text
