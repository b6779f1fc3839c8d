"""Traces by OpenTelemetry, for who has set where they go; nothing of it is loaded otherwise.

Needs the extra `tracing`. Where to, how many and by which name are OpenTelemetry's own settings of
the environment: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME and so on.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalogue.settings import WrongSetting

_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True)
class Tracing:
    """What begins spans; its parts are OpenTelemetry's, which may not be installed."""

    provider: Any
    tracer: Any
    propagator: Any
    kinds: Any
    failed: Any  # the status of a span

    def begin(self, name: str, facts: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """Begin the span of a request, within the trace that its headers tell of."""
        carried = {key.lower(): value for key, value in headers.items()}
        context = self.propagator.extract(carried)
        return self.tracer.start_span(
            name, context=context, kind=self.kinds.SERVER, attributes=dict(facts)
        )

    @contextmanager
    def work(self, name: str, facts: Mapping[str, str]) -> Iterator[None]:
        """Do the block within the span of a batch of work, which tells the kind of what fails.

        Not its words, which OpenTelemetry would send by itself: they may hold personal data.
        """
        with self.tracer.start_as_current_span(
            name, kind=self.kinds.CONSUMER, attributes=dict(facts),
            record_exception=False, set_status_on_exception=False,
        ) as span:  # fmt: skip
            try:
                yield
            except Exception as error:
                span.set_status(self.failed, type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left."""
        self.provider.shutdown()


def open_tracing(environ: Mapping[str, str]) -> Tracing | None:
    """Return what begins spans, or None when they would go nowhere; raises WrongSetting."""
    where = next((name for name in _WHERE if environ.get(name)), None)
    if where is None or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        trace = importlib.import_module("opentelemetry.trace")
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        context = importlib.import_module("opentelemetry.trace.propagation.tracecontext")
    except ImportError:
        raise WrongSetting(
            f"{where} needs OpenTelemetry: pip install 'purchasing-catalogue[tracing]'"
        ) from None
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    return Tracing(
        provider, provider.get_tracer("catalogue"), context.TraceContextTextMapPropagator(),
        trace.SpanKind, trace.StatusCode.ERROR,
    )  # fmt: skip
