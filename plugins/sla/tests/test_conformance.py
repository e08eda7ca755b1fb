"""What rtpy asks of every plugin."""

from rtpy.testing.conformance import Conformance


class TestConformance(Conformance):
    """Its tests, for service levels."""

    plugin = "sla"
