"""What pure code says no to: a code with parameters; whoever calls it knows the sentence. No Django."""

from typing import Any


class Coded(Exception):
    """Base of what carries a ``code`` that says why, and ``params`` that name the place and the values."""

    code = "refused"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        super().__init__(code or self.code, params)
        self.code = code or self.code
        self.params = params
