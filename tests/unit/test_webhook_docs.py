"""The check of signatures that the documentation shows accepts what we sign, and nothing else."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from rtpy.config.config import Config
from rtpy.models import Webhook
from rtpy.webhooks.events import EVENTS
from rtpy.webhooks.signing import new_nonce, secret_of, signatures

PAGE = (Path(__file__).parents[2] / "docs" / "administering" / "webhooks.md").read_text()


@pytest.fixture
def is_genuine():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    found = {}
    exec(compile(code, "docs/administering/webhooks.md", "exec"), found)
    return found["is_genuine"]


@pytest.fixture
def site(tmp_path):
    return SimpleNamespace(caches={}, config=Config.for_tests(tmp_path))


def signed(site, webhook, body, moment):
    return {
        "webhook-id": "a-b-c",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signatures(site, webhook, "a-b-c", moment, body),
    }


def test_the_example_takes_ours_and_refuses_the_rest(site, is_genuine):
    now = datetime.now(UTC)
    old, new = new_nonce(), new_nonce()
    webhook = Webhook(nonce=new, old_nonce=old, old_until=now + timedelta(hours=1))
    secret, body = secret_of(site, new), '{"é": 1}'.encode()
    headers = signed(site, webhook, body, now)
    assert is_genuine(secret, headers, body)
    assert is_genuine(secret_of(site, old), headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    assert not is_genuine(secret, {**headers, "webhook-id": "other"}, body)
    assert not is_genuine(secret, {**headers, "webhook-timestamp": str(int(time.time()) - 1)}, body)
    assert not is_genuine(secret_of(site, new_nonce()), headers, body)
    assert not is_genuine(secret, signed(site, webhook, body, now - timedelta(minutes=6)), body)
    webhook.old_until = now - timedelta(seconds=1)
    assert not is_genuine(secret_of(site, old), signed(site, webhook, body, now), body)


def test_the_page_names_every_event_with_its_label():
    rows = re.findall(r"^\| (.+?) \| `(ticket\.\w+)` \|", PAGE, flags=re.MULTILINE)
    assert rows == [(event.label, event.key) for event in EVENTS]
