"""A provider of access tokens: the endpoint where clients get them, and the one where servers ask whose they are."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class TokenProvider:
    """Gives `token-N` for the client `rtpy` and counts; says `owner` has them while they are good."""

    def __init__(self):
        self.owner = "nobody"
        self.given = 0
        self.good = set()
        self.asked = []
        self.answer = None  # a status and a body, instead of a token
        self.renewed = None
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.asked.append({name: values[0] for name, values in form.items()})
                self._say(*(outer.answer or outer.give()))

            def do_GET(self):
                token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
                is_good = token in outer.good
                self._say(200, {"email": outer.owner, "active": "yes"} if is_good else {"active": "no"})

            def _say(self, status, body):
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *said):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def info_url(self):
        return f"{self.address}/info?token="

    def give(self):
        self.given += 1
        token = f"token-{self.given}"
        self.good = {token}
        renewed = {"refresh_token": self.renewed} if self.renewed else {}
        return 200, {"access_token": token, "expires_in": 3600, **renewed}

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *raised):
        self._server.shutdown()
        self._server.server_close()
