"""An error's log line can be read."""

import json
import logging
import logging.config

from django.conf import settings


class TestErrorLines:
    """The formatter of the settings."""

    def test_tells_where_it_happened_as_text(self, capsys):
        logging.config.dictConfig(settings.LOGGING)
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger("portal.proof").exception("it broke")
        line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
        assert line["event"] == "it broke"
        assert "ValueError: broken" in line["exception"]
        assert "test_logs_of_errors" in line["exception"]
