"""A site that tells a collector on the loopback."""

import pytest

from rtpy.telemetry.exporting import stop_exporting
from tests.telemetry.collector import Collector
from tests.webhooks.receiver import receiving


@pytest.fixture
def collector():
    with receiving() as receiver:
        yield Collector(receiver)


@pytest.fixture
def plugin_options(collector):
    return {"telemetry.endpoint": collector.url, "webhooks.allow": ("127.0.0.1",)}


@pytest.fixture(autouse=True)
def ended():
    """What a test has begun ends with it: the process has one collector."""
    yield
    stop_exporting()
