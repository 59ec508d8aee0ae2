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

    def test_leaves_other_methods_and_machines_alone(self):
        assert Client().put("/health/live").content == b""
