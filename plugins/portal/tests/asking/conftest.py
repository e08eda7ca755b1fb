"""Topics, and a browser that waits as people do before it sends a form."""

from datetime import timedelta

import pytest

from rtpy_portal.asking.saving import TopicValues, save_topic


@pytest.fixture
def topic(work, make):
    """Makes a topic of the queue General: `topic("Printers", questions="Which? * = A | B")`."""

    def make_topic(name="Printers", queue="General", **values):
        return save_topic(work, None, TopicValues(name, make.queue(queue).id, **values))

    return make_topic


@pytest.fixture
def fill(clock):
    """Fills a form in, after a while: `fill(page, text="It burns")`; the form is to be submitted."""

    def fill_in(page, **values):
        form = page.forms["ask"]
        clock.advance(timedelta(seconds=20))
        for name, value in values.items():
            form[name] = value
        return form

    return fill_in
