"""Webhooks on a real database, with receivers on the loopback, which the site's option allows."""

import pytest

from rtpy.config.config import Config
from rtpy.models import User, Webhook
from rtpy.webhooks.saving import save_webhook
from tests.webhooks.receiver import receiving


@pytest.fixture
def config(tmp_path, database_engine):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, webhooks__allow=("127.0.0.1",), webhooks__seconds=1)


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def jo(make) -> User:
    """Staff with a fresh installation's rights on General."""
    make.queue("General")
    return make.staff("jo", real_name="Jo Bloggs")


@pytest.fixture
def hook(work, receiver):
    """Makes webhooks: `hook()` is told everything that root sees, by the fixture `receiver`."""

    def make_one(**values: str) -> Webhook:
        given = {"name": f"Hook {len(made)}", "url": receiver.url, "events": "any", "user": "root", **values}
        made.append(save_webhook(work, None, given).webhook)
        return made[-1]

    made: list[Webhook] = []
    return make_one
