"""How the API describes itself: every list in pages, every refusal as problem details."""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema

from portal.core.api import PROBLEM, Pages

PROBLEM_SCHEMA: Final = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What is wrong, for machines."},
        "detail": {"type": "string", "description": "What is wrong, for people, in the language asked for."},
        "params": {"type": "object", "description": "What the sentence names: amounts, days, statuses."},
        "errors": {
            "type": "object",
            "description": "What is wrong with which field, by its path: lines.0.amount.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}
REFUSED: Final = {
    "description": "The request was refused.",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Described(AutoSchema):
    """Takes lists to come in pages, unless a view says that its lists do not."""

    def _get_paginator(self) -> Any:
        named = getattr(self.view, "pagination_class", Pages)
        return named() if named else None


def add_refusals(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Give every operation the one form in which requests are refused."""
    result["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = REFUSED
    return result
