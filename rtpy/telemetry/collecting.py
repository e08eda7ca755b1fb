"""Spans by the library of OpenTelemetry, which only this room imports.

They wait in a queue of 2048 and are handed over by a thread of their own; what does not fit while the collector is
away is lost, and nobody waits.
"""

import logging
import os
import socket
import threading
from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rtpy import __version__
from rtpy.config.telemetry_options import Telemetry
from rtpy.errors import RtpyError
from rtpy.telemetry.spans import Fact, Side
from rtpy.telemetry.wire import Wire

QUEUE = 2048
BATCH = 512
PACE = 5.0
"""Seconds between two batches, unless one is full before."""
PATH = "/v1/traces"

_KINDS = {
    Side.INSIDE: trace.SpanKind.INTERNAL,
    Side.ASKED: trace.SpanKind.SERVER,
    Side.ASKING: trace.SpanKind.CLIENT,
}
_INNERMOST: ContextVar["Told | None"] = ContextVar("rtpy_span", default=None)
_PARENTS = TraceContextTextMapPropagator()


class Exporting:
    """A collector of `rtpy.telemetry.spans` that hands spans over to the endpoint of the options."""

    def __init__(self, options: Telemetry, headers: Mapping[str, str]) -> None:
        # its lines would repeat themselves for each span while nobody answers; the wire says it once
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        base = options.endpoint.rstrip("/")
        self._wire = Wire(base.removesuffix(PATH) + PATH)
        exporter = OTLPSpanExporter(
            endpoint=self._wire.address,
            headers=dict(headers),
            timeout=PACE,
            compression=Compression.Gzip,
            session=self._wire,
        )
        about = {
            "service.name": options.service_name,
            "service.version": __version__,
            "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        }
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(options.sample)),
            resource=Resource(about),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                exporter,
                max_queue_size=QUEUE,
                schedule_delay_millis=PACE * 1000,
                max_export_batch_size=BATCH,
            )
        )
        self._tracer = self._provider.get_tracer("rtpy", __version__)

    def span(self, name: str, side: Side, parent: str, facts: Mapping[str, Fact]) -> "Told":
        """A span to be entered."""
        return Told(self._tracer, name, side, parent, facts)

    def tell(self, facts: Mapping[str, Fact]) -> None:
        """Of the innermost span of this thread."""
        innermost = _INNERMOST.get()
        if innermost is not None:
            innermost.tell(**facts)

    def end(self, seconds: float) -> None:
        """Hand over what is queued and stop; what takes longer is given up."""
        self._wire.is_last = True
        ending = threading.Thread(target=self._provider.shutdown, name="telemetry-end", daemon=True)
        ending.start()
        ending.join(seconds)


class Told:
    """One span, which is a context manager and may be told more until it ends."""

    def __init__(
        self, tracer: trace.Tracer, name: str, side: Side, parent: str, facts: Mapping[str, Fact]
    ) -> None:
        # of what a stranger sends only ids and the wish to be told are taken, no further state
        self._context = _PARENTS.extract({"traceparent": parent}) if parent else None
        self._span = tracer.start_span(
            name, context=self._context, kind=_KINDS[side], attributes=_dotted(facts), record_exception=False
        )
        self.is_kept = self._span.is_recording()
        self._has_inner = False
        self._is_forgotten = False
        self._tokens: tuple[Token[contexts.Context], Token[Told | None]] | None = None

    def __enter__(self) -> "Told":
        outer = _INNERMOST.get()
        if outer is not None:
            outer._has_inner = True
        inside = trace.set_span_in_context(self._span, self._context)
        self._tokens = contexts.attach(inside), _INNERMOST.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace_: TracebackType | None
    ) -> None:
        if self._tokens is not None:
            mine, ours = self._tokens
            _INNERMOST.reset(ours)
            contexts.detach(mine)
        if isinstance(error, RtpyError):
            self.tell(rtpy__refused=type(error).__name__)
        elif kind is not None:
            self.fail(kind.__name__)
        if not self._is_forgotten or self._has_inner or error is not None:
            self._span.end()  # a span that never ends is never handed over

    def tell(self, **facts: Fact) -> None:
        """Attributes."""
        self._span.set_attributes(_dotted(facts))

    def rename(self, name: str) -> None:
        """Its name from now on."""
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        """Status and `error.type`."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)

    def forget(self) -> None:
        """Not told, unless one inside was or it fails."""
        self._is_forgotten = True


def _dotted(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name.replace("__", "."): value for name, value in facts.items()}
