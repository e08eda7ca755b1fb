"""What rtpy asks of every plugin."""

from rtpy.testing.conformance import Conformance


class TestConformance(Conformance):
    """Its tests, for billing."""

    plugin = "billing"
    # the secret is in the link of the mail
    public_routes = frozenset(
        {
            "billing.consents.answer",
            "billing.statements.open",
            "billing.statements.open_pdf",
            "billing.statements.open_invoice",
            "billing.statements.ask",
        }
    )
