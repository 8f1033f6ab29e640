"""The key that requests must bring, where the service has one."""

import hmac
from collections.abc import Mapping

from tenor.service.errors import ServiceError


def brought(headers: Mapping[str, str]) -> str | None:
    """Return the key of a request: `Authorization: Bearer KEY`, or `X-API-Key: KEY`."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else headers.get("x-api-key")


def fits(key: str, given: str | None) -> bool:
    """Whether the key is the right one; takes the same time whatever it is."""
    return given is not None and hmac.compare_digest(given.encode(errors="replace"), key.encode())


def refusal(given: str | None) -> ServiceError:
    """Return the error of a request without the key."""
    said = "no key came" if given is None else "the key that came is not the service's"
    return ServiceError(401, "unauthorized", f"{said}; send it as Authorization: Bearer KEY")
