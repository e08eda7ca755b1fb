"""What rtpy asks of every plugin."""

from rtpy.testing.conformance import Conformance


class TestConformance(Conformance):
    """Its tests, for billing."""

    plugin = "billing"
    public_routes = frozenset({"billing.consents.answer"})  # the secret is in the link of the mail
