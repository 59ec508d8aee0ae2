"""Addresses with a NUL in them."""

import pytest

from accounts.identity.tests.builders import machine


@pytest.mark.parametrize(
    "address",
    ["/arrears/?q=%00", "/loans/?q=a%00", "/enterprises/?q=%00", "/settlement/%00/", "/verify/receipts/%00/", "/%00"],
)
def test_lead_a_person_to_the_page_that_says_so(client_of, officer, address):
    answer = client_of(officer).get(address)
    assert (answer.status_code, "could not understand" in answer.content.decode()) == (400, True)


def test_tell_a_program_the_problem(owner):
    for address in ("/api/v1/applications/%00", "/api/v1/applications?cursor=%00"):
        answer = machine(owner).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_are_not_those_that_only_look_so(client_of, officer):
    assert client_of(officer).get("/enterprises/?q=100%2500").status_code == 200
