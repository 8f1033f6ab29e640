"""`ServiceError`, and the one place where any error becomes a status and its JSON."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tenor.errors import InputError, MissingExtraError, TenorError
from tenor.service import logs

# Of errors that the routing raises.
_MESSAGES = {
    HTTPStatus.NOT_FOUND: ("not_found", "there is nothing at this path; /docs lists what there is"),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        "this path does not take that method; the Allow header names those it does",
    ),
    HTTPStatus.BAD_REQUEST: (
        "invalid_json",
        "the body cannot be read as JSON (its encoding, depth or numbers); send UTF-8 JSON of one object",
    ),
}


_SHOWN = 80  # characters of a place in the body, which a client can make any


class ServiceError(TenorError):
    """A request that is refused or fails: status, a code for programs, a sentence for people."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def to_json(self) -> dict[str, str]:
        """Return what the client is told."""
        return {"error": self.message, "code": self.code}


def overloaded(message: str, seconds: float) -> ServiceError:
    """Return the error of work that does not fit in: 503, and when to come again."""
    return ServiceError(503, "overloaded", message, retry_after(seconds))


def retry_after(seconds: float) -> dict[str, str]:
    """Return the header that says when to come again: whole seconds, at least one."""
    return {"Retry-After": str(max(1, -int(-seconds // 1)))}


def unexpected() -> ServiceError:
    """Return what a client is told of an error that is ours: nothing of it."""
    return ServiceError(
        500, "internal", "something went wrong here that is not the request's fault; the log says what"
    )


def as_service_error(error: Exception) -> ServiceError:
    """Return what a client is told of any error."""
    match error:
        case ServiceError():
            return error
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException():
            code, message = _MESSAGES.get(
                HTTPStatus(error.status_code), (_code(error.status_code), str(error.detail))
            )
            return ServiceError(error.status_code, code, message, error.headers)
        case MissingExtraError():
            return ServiceError(422, "not_available", str(error))
        case InputError():
            return ServiceError(422, "invalid", str(error))
    logs.unexpected(error)
    return unexpected()


def respond(error: ServiceError) -> Response:
    """Return the response of an error."""
    return json_response(error.to_json(), status=error.status, headers=error.headers)


def as_json(value: object) -> str:
    """Return plain values as JSON, in ASCII, so that any string there is can be said."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def json_response(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return plain values as a JSON response."""
    return Response(as_json(value), status, dict(headers or {}), "application/json")


def install(app: FastAPI) -> None:
    """Have an application say its errors so; those that nobody expects are left to `Limits`."""

    async def say(_request: Request, error: Exception) -> Response:
        said = as_service_error(error)
        logs.note(code=said.code)
        return respond(said)

    for kind in (TenorError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, say)


def _invalid(errors: Any) -> ServiceError:
    """Return the first thing that is wrong with a request; what was sent is not repeated."""
    first = errors[0]
    if first["type"] == "json_invalid":
        reason = str(first.get("ctx", {}).get("error", "it is damaged"))
        return ServiceError(400, "invalid_json", f"the body is not JSON ({reason}); send an object")
    if first["type"] == "model_attributes_type" and len(first["loc"]) == 1:
        said = "the body is no JSON object; send one, with the header Content-Type: application/json"
        return ServiceError(422, "invalid", said)
    where = ".".join(str(part) for part in first["loc"][1:])[:_SHOWN] or "the body"
    others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    said = str(first["msg"]).removeprefix("Value error, ")
    return ServiceError(
        422, "invalid", f"{where}: {said[:1].lower()}{said[1:]}{others}; /docs says what is allowed"
    )


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
