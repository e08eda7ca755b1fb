"""What a collector of OTLP over HTTP on the loopback was told."""

import gzip
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.webhooks.receiver import Receiver


@dataclass(frozen=True)
class TakenSpan:
    """One span as it came; ids in hex digits."""

    name: str
    kind: int
    trace: str
    number: str
    parent: str
    has_failed: bool
    facts: dict[str, Any]


@dataclass(frozen=True)
class Collector:
    """A collector over a receiver of HTTP requests."""

    receiver: Receiver

    @property
    def url(self) -> str:
        return f"http://{self.receiver.place}"

    def raw(self) -> bytes:
        """All bytes, with the heads of the requests."""
        heads = [f"{got.method} {got.path} {got.headers}".encode() for got in self.receiver.got]
        return b"\n".join([*heads, *(gzip.decompress(got.body) for got in self.receiver.got)])

    def spans(self) -> list[TakenSpan]:
        """In the order in which they ended."""
        return [
            _read(span)
            for got in self.receiver.got
            for resource in ExportTraceServiceRequest.FromString(gzip.decompress(got.body)).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> TakenSpan:
        """The only span of that name."""
        (found,) = (span for span in self.spans() if span.name == name)
        return found


def _read(span: Any) -> TakenSpan:
    return TakenSpan(
        span.name,
        span.kind,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == 2,
        {each.key: _value(each.value) for each in span.attributes},
    )


def _value(value: Any) -> Any:
    if value.HasField("array_value"):
        return [_value(each) for each in value.array_value.values]
    return getattr(value, value.WhichOneof("value"))
