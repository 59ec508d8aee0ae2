"""How the API reads what is sent to it; apart from ``api``, which needs the framework's views, and they these."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Json(JSONParser):
    """Reads JSON without half a character, as a text that was cut within one leaves it: nobody could write it again."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Read what was sent.

        :raises ParseError: when it is no JSON, holds half a character, or is nested deeper than anybody asks for.
        """
        try:
            told = super().parse(stream, media_type, parser_context)
            json.dumps(told, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError from error
        except UnicodeEncodeError as error:
            raise ParseError(_("A text in the request is cut within a character. Send it whole.")) from error
        return told
