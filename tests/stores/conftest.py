"""A store with a folder beside the database, and mails with files."""

import pytest

from rtpy.stores.folder import FolderKeeper
from rtpy.stores.placed import PlacedStore

FILE = b"\x89PNG of the rack" * 100


@pytest.fixture
def keeper(tmp_path):
    """A folder for files."""
    return FolderKeeper(tmp_path / "attachments")


@pytest.fixture
def store(app, keeper):
    """The app's store: files go into the folder."""
    app.blobs = PlacedStore(keeper, [keeper])
    return app.blobs


def mail(token="one", data=FILE):
    """A mail with a text and a file."""
    return (
        (
            f"From: ann@client.example\r\nTo: rt@localhost\r\nSubject: Trouble {token}\r\n"
            f"Message-ID: <{token}@client.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/plain\r\n\r\nIt burns: {token}\r\n"
            "--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=rack.png\r\n"
            "Content-Transfer-Encoding: binary\r\n\r\n"
        ).encode()
        + data
        + b"\r\n--b--\r\n"
    )
