"""Options of traces."""

from dataclasses import dataclass

from rtpy.config.option import Kind, option


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Traces for a collector of OpenTelemetry; they need rtpy[otel]."""

    endpoint: str = option(
        Kind.TEXT,
        "",
        "Address of a collector that speaks OTLP over HTTP, such as https://otel.example.com:4318; empty: none.",
        pattern=r"(https?://[^\s/?#@]+(/[^\s?#]*)?)?",
        expected="an address that begins with https:// or http://, without a password",
    )
    service_name: str = option(
        Kind.TEXT,
        "rtpy",
        "What the collector calls this site.",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]*",
        expected="letters, digits, dots, dashes and underscores",
    )
    headers: str = option(
        Kind.TEXT,
        "",
        "Headers that the collector asks for, such as Authorization=Bearer TOKEN; several with commas between.",
        pattern=r"([A-Za-z0-9_-]+ *=[^,\r\n]+(, *[A-Za-z0-9_-]+ *=[^,\r\n]+)*)?",
        expected="headers such as Name=value, Other=value",
        secret=True,
    )
    sample: float = option(
        Kind.SHARE,
        1.0,
        "Share of requests and chores that is told, from 0 to 1; a caller's traceparent decides first.",
    )
