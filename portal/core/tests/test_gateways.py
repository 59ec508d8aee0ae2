"""Messages leave by a gateway."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.core.notices.gateways import PostedAsJson


@pytest.fixture
def gateway(settings):
    """A gateway that notes what it is sent, and refuses messages to a number that ends in 13."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append((self.headers["Authorization"], body))
            self.send_response(503 if body["to"].endswith("13") else 202)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.SMS_URL, settings.SMS_TOKEN = f"http://127.0.0.1:{server.server_port}/", "secret"
        yield taken
        server.shutdown()
        thread.join()


class TestPostedAsJson:
    """The gateway most banks have."""

    def test_posts_number_and_text_with_the_token(self, gateway):
        PostedAsJson().send("+8613800138000", "您的验证码")
        assert gateway == [("Bearer secret", {"to": "+8613800138000", "text": "您的验证码"})]

    def test_raises_when_the_gateway_refuses_so_that_the_promise_stands(self, gateway):
        with pytest.raises(OSError, match="503"):
            PostedAsJson().send("+8613800138013", "code")
