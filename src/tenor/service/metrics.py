"""`Metrics`: what Prometheus asks for. No label has a value that a client can make up."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The measurements of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tenor_requests", "Requests answered", ["path", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "tenor_request_seconds",
            "Time from request to answer",
            ["path"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.texts = Counter("tenor_texts", "Texts computed", ["model"], registry=self.registry)
        self.batch_texts = Histogram(
            "tenor_batch_texts", "Texts of a batch", ["model"], buckets=_TEXTS, registry=self.registry
        )
        self.batch_seconds = Histogram(
            "tenor_batch_seconds",
            "Time to compute a batch",
            ["model"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.queue = Gauge("tenor_queue_texts", "Texts that wait", ["model"], registry=self.registry)
        self.rejected = Counter("tenor_rejected", "Requests refused", ["reason"], registry=self.registry)
        self.streams = Gauge("tenor_streams", "WebSockets that are open", registry=self.registry)
        self.models = Gauge(
            "tenor_model_info", "Versions served", ["model", "version"], registry=self.registry
        )

    def request(self, path: str, method: str, status: int, seconds: float, code: str | None) -> None:
        """Count a request; `code` says why, if it was refused."""
        self.requests.labels(path, method, str(status)).inc()
        self.seconds.labels(path).observe(seconds)
        if code is not None:
            self.rejected.labels(code).inc()

    def batch(self, model: str, texts: int, seconds: float) -> None:
        """Count a batch."""
        self.texts.labels(model).inc(texts)
        self.batch_texts.labels(model).observe(texts)
        self.batch_seconds.labels(model).observe(seconds)

    def text(self) -> bytes:
        """Return all of them in Prometheus' text format."""
        return generate_latest(self.registry)
