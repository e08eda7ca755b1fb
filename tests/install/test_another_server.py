"""The site under another WSGI server than its own, as docs/install/small-shop.md shows it."""

import os
import shlex
import sys
import urllib.request
from pathlib import Path

from rtpy.testing.running import running_site
from rtpy.testing.servers import answers, free_port, running
from tests.install.documents import SHOP, blocks_of


def test_the_command_for_gunicorn_serves_the_whole_site(tmp_path, compiled_templates):
    blocks = (block for block in blocks_of(SHOP) if "gunicorn" in block.words)
    (shown,) = (line for block in blocks for line in block.text.splitlines() if "--bind" in line)
    words = shlex.split(shown.partition("runuser -u rtpy -- ")[2].removesuffix(" &"))
    port = free_port()
    words[0] = str(Path(sys.executable).parent / "gunicorn")
    words = [word.replace(":8080", f":{port}") for word in words]
    assert words[-1] == "rtpy.wsgi:application()"
    with running_site(tmp_path / "site", password="under unicorns", templates=compiled_templates) as site:
        file = tmp_path / "rtpy.toml"
        base = "https://help.example.com/support"
        file.write_text(f'home = "{site.home}"\n[web]\nbase_url = "{base}"\ntrusted_proxy = "127.0.0.1"\n')
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RTPY_")}
        environment |= {"RTPY_CONFIG": str(file), "PYTHONWARNINGS": ""}
        with running(words, tmp_path, lambda: answers("127.0.0.1", port), env=environment):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/support/login?next=/support/ticket/1",
                headers={"Host": "help.example.com", "X-Forwarded-Proto": "https"},
            )
            with opener.open(asked, timeout=60) as page:
                text = page.read().decode()
                assert "Path=/support/" in page.headers["Set-Cookie"]
                assert "; secure" in page.headers["Set-Cookie"].lower()
            assert 'action="/support/login' in text
            log = (tmp_path / "server.log").read_text()
        assert "GET /login 200" in log or "GET /support/login 200" in log
