"""What the API says of itself."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description, made once."""
    GENERATOR_STATS.reset()
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def operations_of(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its name."""
    return {each["operationId"]: each for methods in described["paths"].values() for each in methods.values()}


class TestDescription:
    def test_leaves_nothing_in_doubt(self, described):
        assert not GENERATOR_STATS, GENERATOR_STATS

    def test_tells_of_every_operation_how_it_refuses(self, described):
        for name, operation in operations_of(described).items():
            assert "application/problem+json" in operation["responses"]["default"]["content"], name

    def test_tells_that_lists_come_in_pages(self, described):
        schemas = described["components"]["schemas"]
        for name in ("settlement_accounts_list", "statements_list", "payees_list"):
            content = operations_of(described)[name]["responses"]["200"]["content"]["application/json"]
            page = schemas[content["schema"]["$ref"].rpartition("/")[2]]
            assert set(page["properties"]) == {"next", "previous", "results"}, name

    def test_names_only_defaults_that_may_be_sent(self, described):
        for name, operation in operations_of(described).items():
            for shape in (each["schema"] for each in operation.get("parameters", ())):
                if {"default", "enum"} <= set(shape):
                    assert shape["default"] in shape["enum"], name

    def test_tells_what_an_address_may_be_told(self, described):
        events = described["components"]["schemas"]["Webhook"]["properties"]["events"]
        assert (events["type"], events["items"]) == ("array", {"$ref": "#/components/schemas/EventsEnum"})

    def test_tells_what_every_program_needs(self, described):
        told = described["info"]["description"]
        for needed in (
            "Authorization: Token", "Idempotency-Key", "key_reused", "page_size", "Retry-After", "/api/problems",
            "webhook-id", "webhook-timestamp", "webhook-signature", "HMAC-SHA-256",
        ):  # fmt: skip
            assert needed in told, needed


class TestCodes:
    def test_are_told_to_anybody_at_the_address_that_a_problem_names(self, client, db):
        problem = client.get("/api/v1/nowhere").json()
        address, _, code = problem["type"].partition("#")
        page = client.get(address)
        assert page.status_code == 200
        assert f'<tr id="{code}">' in page.text
        for each in ("key_reused", "transition_refused", "only_reads", "code_sent", "throttled", "away", "invalid"):
            assert f'<tr id="{each}">' in page.text

    def test_are_said_in_the_language_asked_for_with_dots_for_what_is_named(self, client, db):
        page = client.get("/api/problems", headers={"Accept-Language": "zh-hans"}).text
        assert "不允许" in page or "方法" in page
        assert "%(" not in page
        assert "{method}" not in page

    def test_are_only_read(self, client, db):
        assert client.post("/api/problems").status_code == 405


class TestNothing:
    @pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/", "/api/v1/loans/%0A"])
    def test_is_said_in_the_form_of_the_api(self, client, db, path):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["code"] == "not_found"
