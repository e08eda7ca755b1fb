"""How long something takes, without what the machine does besides."""

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def seconds_of() -> Callable[[Callable[[], object]], float]:
    """Processor seconds of a call."""

    def measure(call: Callable[[], object]) -> float:
        begun = time.process_time()
        call()
        return time.process_time() - begun

    return measure
