"""A form that is only shown again does nothing, whatever its view would do."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.identity.models import User
from portal.pages.again import ShownAgainMiddleware


@pytest.fixture
def look(owner):
    """Send a form to a view that writes where it is told to."""

    def send(answers: dict[str, str]) -> Any:
        def view(request: HttpRequest) -> HttpResponse:
            if "name" in request.POST:
                User.objects.filter(pk=owner.pk).update(full_name=request.POST["name"])
            return HttpResponse(f"{request.method} {request.POST['seen']}")

        request = RequestFactory().post("/profile/?tab=2", answers)
        return ShownAgainMiddleware(lambda _: HttpResponse()).process_view(request, view, (), {})

    return send


class TestShownAgain:
    def test_reads_the_page_with_the_answers(self, look):
        assert look({"shown_again": "1", "seen": "typed"}).text == "GET typed"

    @pytest.mark.django_db(transaction=True)
    def test_stops_a_view_that_would_write(self, look, owner):
        stopped = look({"shown_again": "1", "seen": "typed", "name": "Somebody Else"})
        assert (stopped.status_code, stopped.url) == (302, "/profile/?tab=2")
        assert User.objects.get(pk=owner.pk).full_name == owner.full_name

    def test_leaves_other_forms_to_their_views(self, look):
        assert look({"seen": "typed"}) is None
