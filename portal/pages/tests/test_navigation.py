"""The way around: only doors that open."""

import pytest
from django.urls import reverse

OWNERS_DOORS = ["home", "identity:enterprises", "applications:list", "settlement:list", "cashflow:list"]


def doors(client, url="/"):
    response = client.get(url)
    return {row["url"] for row in response.context["navigation"]}


class TestNavigation:
    """Each person is shown the doors that are open to them."""

    @pytest.mark.parametrize(
        "role",
        ["officer", "underwriter", "approver", "operations", "analyst", "course_editor", "auditor", "administrator"],
    )
    def test_shows_staff_no_door_that_stays_shut(self, request, client_of, role):
        client = client_of(request.getfixturevalue(role))
        for url in doors(client):
            assert client.get(url).status_code == 200, url

    def test_shows_an_owner_the_way_to_money_and_learning(self, client_of, owner, enterprise):
        shown = doors(client_of(owner))
        assert {reverse(name) for name in [*OWNERS_DOORS, "training:catalogue"]} == shown
        assert all(client_of(owner).get(url).status_code in {200, 302} for url in shown)

    def test_shows_course_editors_no_customers(self, client_of, course_editor, enterprise):
        client = client_of(course_editor)
        assert reverse("applications:queue") not in doors(client)
        assert client.get(reverse("identity:enterprise", args=[enterprise.reference])).status_code in {403, 404}

    def test_shows_a_stranger_none(self, client, db):
        assert doors(client) == set()
