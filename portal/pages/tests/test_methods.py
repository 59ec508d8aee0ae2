"""Opening an address that only takes what a form sends."""

import pytest
from django.test import Client
from django.urls import reverse


class TestMethodMiddleware:
    @pytest.mark.django_db
    def test_leads_back_to_what_the_form_was_about(self, client_of, operations):
        answer = client_of(operations).get(reverse("settlement:drawer_close", args=["CD-1"]))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert f'href="{reverse("settlement:drawer", args=["CD-1"])}"' in answer.content.decode()

    @pytest.mark.django_db
    def test_leads_who_read_a_forms_answer_there_back_to_the_page(self, client_of, operations):
        """As a browser does after a change of language: the page that was left has the same address."""
        verb = reverse("settlement:let_go", args=["SA-1", "H-1"])
        noun = reverse("settlement:kept", args=["SA-1"])
        answer = client_of(operations).get(verb, headers={"Referer": f"http://testserver{verb}"})
        assert (answer.status_code, answer.url) == (302, noun)

    def test_leaves_other_methods_and_machines_alone(self):
        assert Client().put("/health/live").content == b""


class TestUnreadableForms:
    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/x-www-form-urlencoded", "&".join(f"a{number}=1" for number in range(1001))),
            ("multipart/form-data; boundary=", "--"),
        ],
    )
    def test_lead_to_the_page_that_says_that_nothing_is_there(self, client_of, operations, content_type, body):
        answer = client_of(operations).post("/nowhere/", data=body, content_type=content_type)
        assert answer.status_code in {400, 404}
