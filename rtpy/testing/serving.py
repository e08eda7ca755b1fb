"""A site in the process of the test: real requests over HTTP, and a clock that the test sets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from waitress.server import create_server

from rtpy.app import App
from rtpy.wsgi import make_wsgi


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Serve an app whose commits are real (`committed_app`) on a free port of this machine; its address."""
    server = create_server(make_wsgi(app), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, name="serving", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)
