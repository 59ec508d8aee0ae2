"""Whoever knows a certificate's code may verify it."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from training.models import Certificate
from training.tests.builders import make_certificate


def page(name: str, *args: object) -> str:
    return reverse(f"training:{name}", args=args)


class TestVerify:
    def test_leads_from_a_typed_code_to_its_page(self, bank):
        response = Client().post(page("verify"), {"code": " c-7k3q x9tm 4b2d"})
        assert response.url == page("verified", "C-7K3QX9TM4B2D")

    def test_asks_again_for_nothing(self, bank):
        assert Client().post(page("verify"), {"code": ""}).status_code == 422


class TestVerified:
    def test_tells_anyone_whose_it_is_and_that_it_is_valid(self, short, manager):
        certificate = make_certificate(short, manager, at=timezone.now())
        shown = Client().get(page("verified", certificate.code)).text
        assert "This certificate is valid" in shown
        for text in ("Chen Jie", "Short course", certificate.code):
            assert text in shown

    def test_names_a_person_as_one_in_chinese(self, short, manager):
        certificate = make_certificate(short, manager, at=timezone.now())
        shown = Client(headers={"accept-language": "zh-hans"}).get(page("verified", certificate.code)).text
        assert "姓名" in shown

    def test_tells_when_it_has_run_out(self, short, manager):
        certificate = make_certificate(short, manager, at=timezone.now() - timedelta(days=500))
        assert "no longer valid" in Client().get(page("verified", certificate.code)).text

    def test_answers_an_unknown_code_with_a_form(self, bank):
        response = Client().get(page("verified", "C-000000000000"))
        assert response.status_code == 404
        assert "We do not know this certificate" in response.text
        assert f'action="{page("verify")}"' in response.text

    def test_shows_a_signed_in_learner_the_same(self, short, manager, learner):
        certificate = make_certificate(short, manager, at=timezone.now())
        assert "This certificate is valid" in learner.get(page("verified", certificate.code)).text
        assert Certificate.objects.count() == 1
