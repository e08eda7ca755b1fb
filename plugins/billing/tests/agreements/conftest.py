"""An agreement with a line of any kind, a customer and work, as forms make them."""

from plugins.billing.tests.agreements.made import agree, boss, client, log

__all__ = ["agree", "boss", "client", "log"]
