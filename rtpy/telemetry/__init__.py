"""Traces: what a request, a chore or a change took, told to a collector of OpenTelemetry where one is configured."""
