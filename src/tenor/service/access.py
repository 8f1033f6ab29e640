"""Who may ask: the key, and how often each client."""

import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from tenor.config.service import KEY_VARIABLE, ServiceConfig
from tenor.errors import ConfigError
from tenor.service.errors import ServiceError, retry_after

# Pages, health and measurements are for whoever asks: they cost next to nothing, and are needed most when
# there is too much to do.
_MODELS = ("/v1/", "/v2/")
_NOT_MODELS = ("/v2/health/",)
# That are remembered; who asked longest ago is forgotten first, and has a full bucket again.
_CLIENTS = 10_000
_IPV6_PREFIX = 64  # bits that tell one customer from another


def read_key(config: ServiceConfig, environment: Mapping[str, str]) -> str | None:
    """Return the key that requests must bring, None for no key.

    Raises:
        ConfigError: a file that cannot be read, or a key that is empty or more than a line.
    """
    if config.key_file is None:
        place, key = f"the variable {KEY_VARIABLE}", environment.get(KEY_VARIABLE)
        if key is None:
            return None
    else:
        place = config.key_file
        try:
            key = Path(place).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"the key cannot be read from {place} ({error}); name a file with the key"
            ) from error
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigError(f"{place} holds no key; it must be one line of ASCII letters, digits and signs")
    return key


def asks_a_model(path: str) -> bool:
    """Return whether a path is one that key, rate and the number of requests are about."""
    path = f"{path}/"  # /v2 is one by itself
    return path.startswith(_MODELS) and not path.startswith(_NOT_MODELS)


def only_here(address: str) -> bool:
    """Return whether only programs of this machine reach what listens at an address."""
    found = _address(address)
    return address == "localhost" if found is None else found.is_loopback


def own_name(host: str) -> bool:
    """Return whether a Host header holds no name that others can turn to this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or "localhost"
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or _address(name) is not None


def given_key(headers: Headers) -> str | None:
    """Return the key that a request brings: `Authorization: Bearer KEY` or `X-API-Key: KEY`."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else headers.get("x-api-key")


def same_key(key: str, given: str | None) -> bool:
    """Compare keys in a time that does not tell how much of them is the same."""
    return given is not None and hmac.compare_digest(key.encode(), given.encode("utf-8", "surrogatepass"))


def wrong_key(given: str | None) -> ServiceError:
    """Return the error of a request without the key."""
    found = "no key came with the request" if given is None else "the key is not the right one"
    message = f"{found}; send it as Authorization: Bearer KEY, or as X-API-Key: KEY"
    return ServiceError(401, "unauthorized", message, {"WWW-Authenticate": "Bearer"})


class Rate:
    """A bucket of tokens for each client: a request takes one, and `rate` a second come back."""

    def __init__(
        self, rate: float, burst: int, *, clients: int = _CLIENTS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clients = clients
        self._clock = clock
        # client -> tokens, and when there were so many
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Count a request of a client.

        Raises:
            ServiceError: 429, and when the next one may come.
        """
        client, now = _client(address), self._clock()
        tokens, then = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        if not allowed:
            raise ServiceError(
                429,
                "too_many_requests",
                f"more than {self._rate:g} requests a second came from {client}; ask less often",
                retry_after((1 - tokens) / self._rate),
            )


def _client(address: str) -> str:
    """Return what is one client: an address, of IPv6 the network, in which anyone has any number of them."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return address


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
