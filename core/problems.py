"""The one exception tree, and its face over HTTP: problem details after RFC 9457.

Temporary errors may be retried; permanent ones are reported; denied ones answer 403 or 404.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, json
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class PmpError(Exception):
    """Root of the project's exceptions."""


class ConfigurationError(PmpError):
    """A setting or the machine is wrong; the text says what to change."""


class TemporaryError(PmpError):
    """Worth a retry: the database is away, a peer does not answer."""


class Problem(PmpError):
    """An error with an HTTP status. ``detail`` is shown to the caller: never patient data in it."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title: str | None = None

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[dict[str, Any]] | None = None,
        retry_after_s: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors) if errors else None
        self.retry_after_s = retry_after_s
        self.extra = extra or {}


class BadRequest(Problem):
    """The request cannot be read."""

    status = HTTPStatus.BAD_REQUEST


class NotSignedIn(Problem):
    """No valid session, token or key."""

    status = HTTPStatus.UNAUTHORIZED


class Denied(Problem):
    """Signed in, and not allowed; the thing's existence is no secret."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """Unknown, or another patient's: the caller cannot tell which."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The state does not allow it."""

    status = HTTPStatus.CONFLICT


class Invalid(Problem):
    """The request is readable and its values are wrong."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooMany(Problem):
    """A rate limit is reached."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(Problem, TemporaryError):
    """The platform cannot do it now; nothing was stored."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class FieldProblem(BaseModel):
    """One wrong field."""

    loc: list[str] = Field(description="Where: path of the field.")
    msg: str = Field(description="What is wrong with it.")


class ProblemModel(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field("about:blank", description="Kind of problem.")
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None


def problem_response(error: Problem) -> Response:
    """The HTTP answer for a problem."""
    status = HTTPStatus(error.status)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title or status.phrase,
        "status": int(status),
        "detail": error.detail,
        **error.extra,
    }
    if error.errors:
        body["errors"] = error.errors
    response = Response(json.dumps(body), status=int(status), mimetype=MEDIA_TYPE)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
