"""What a service accepts, how long it takes over it, and how it computes together what comes together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le
from typing_extensions import Doc

from tenor.config.load import parse_flat

# Where the key comes from without `key_file`; a command line would show it to everybody on the machine.
KEY_VARIABLE = "TENOR_API_KEY"


@dataclass(frozen=True)
class ServiceConfig:
    """The limits of `tenor serve`; all counts are of one process."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    host: Annotated[str, Doc("address to listen at; 0.0.0.0 is every one this machine has")] = "127.0.0.1"
    port: Annotated[int, Ge(0), Le(65_535), Doc("port to listen at; 0: one that is free")] = 8000
    key_file: Annotated[
        str | None, Doc(f"file with the key that requests must bring; null: {KEY_VARIABLE}, if it is set")
    ] = None

    batch_texts: Annotated[int, Ge(1), Doc("texts that are computed together, at most")] = 256
    batch_characters: Annotated[
        int, Ge(1), Doc("characters after which no more texts are added to those that are computed together")
    ] = 500_000
    threads: Annotated[
        int | None,
        Ge(1),
        Doc("batches that are computed at once, for all models; null: as many as there are cores"),
    ] = None
    batch_delay: Annotated[
        float,
        Ge(0),
        Le(1),
        Doc("seconds that a text waits for others, at most; none does where requests come one by one"),
    ] = 0.002
    queue_texts: Annotated[
        int, Ge(1), Doc("texts that may wait for one model; a request beyond that gets 503 at once")
    ] = 4096
    queue_tasks: Annotated[
        int, Ge(1), Doc("explanations that may wait; one beyond that gets 503 at once")
    ] = 16

    body_bytes: Annotated[int, Ge(1), Doc("bytes of a request; a larger one gets 413")] = 2 << 20
    requests: Annotated[
        int, Ge(1), Doc("requests that may be under way at once; one beyond that gets 503 at once")
    ] = 1024
    request_texts: Annotated[int, Ge(1), Doc("texts of a request; one with more gets 413")] = 1024
    text_characters: Annotated[int, Ge(1), Doc("characters of a text; a longer one gets 413")] = 100_000
    request_seconds: Annotated[
        float,
        Gt(0),
        Doc("seconds that a request may take; after that it gets 504, or 408 if it is not there yet"),
    ] = 30.0
    streams: Annotated[int, Ge(0), Doc("WebSockets that may be open at once")] = 256
    stream_seconds: Annotated[
        float, Gt(0), Doc("seconds that a WebSocket may be silent before it is closed")
    ] = 600.0
    rate: Annotated[
        float | None, Gt(0), Doc("requests a second of one client, beyond that 429; null: any")
    ] = None
    rate_burst: Annotated[int, Ge(1), Doc("requests that a client may send at once before `rate` counts")] = (
        20
    )

    proxies: Annotated[
        str | None,
        Doc("addresses, with commas, of proxies that tell a client's own by X-Forwarded-For; null: none"),
    ] = None

    poll_seconds: Annotated[float, Gt(0), Doc("seconds between two looks for new versions of the models")] = (
        2.0
    )
    stop_notice: Annotated[
        float, Ge(0), Doc("seconds between saying that it is not ready any more and taking no more requests")
    ] = 0.0
    stop_seconds: Annotated[float, Gt(0), Doc("seconds that requests may take when the service stops")] = 30.0


def parse_service(values: Mapping[str, Any]) -> ServiceConfig:
    """Build a configuration; unknown keys, wrong types and values out of range are refused."""
    return parse_flat(ServiceConfig, values, "the service")
