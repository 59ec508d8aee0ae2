"""Reading one made file, or hearing why it is refused."""

from typing import Any

import pytest

from accounts.statements.parsing import ParsedStatement, StatementRefused, parse


def read(content: bytes | str) -> ParsedStatement:
    """Parse a file of one statement."""
    (statement,) = parse(_bytes(content), name="statement")
    return statement


def refusal(content: bytes | str) -> tuple[str, dict[str, Any]]:
    """Parse and hand back why it was refused."""
    with pytest.raises(StatementRefused) as caught:
        parse(_bytes(content), name="statement")
    return caught.value.code, caught.value.params


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content
