"""The HTTP layer: blueprints whose routes declare a permission, schemas, and problem details.

Validation comes from flask-openapi (pydantic); the permission is checked before the body is read
(``core.access.guard``). A route without a permission cannot be declared.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast

from flask import Response, json
from flask.json.provider import DefaultJSONProvider
from flask_openapi import APIBlueprint
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from core.access.permission import Permission
from core.problems import MEDIA_TYPE, Invalid, ProblemModel, problem_response

API_PREFIX = "/api/v1"
View = Callable[..., Any]


@cache
def _schema_of(model: type[BaseModel], mode: str, template: str) -> dict[str, Any]:
    return BaseModel.model_json_schema.__func__(model, ref_template=template, mode=mode)  # type: ignore[attr-defined,no-any-return]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


class StrictJson(DefaultJSONProvider):
    """Reads JSON as RFC 8259 has it: no NaN, and no nesting that exhausts the stack."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse. Raises ValueError for what is not JSON."""
        try:
            return super().loads(s, parse_constant=_refuse_constant, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class ApiModel(BaseModel):
    """A request or answer body. Strict: "0" is not a number, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The JSON schema, computed once per class: flask-openapi asks for it at every request."""
        if args:
            return super().model_json_schema(*args, **kwargs)
        return _schema_of(cls, kwargs.get("mode", "validation"), kwargs.get("ref_template", "#/$defs/{model}"))


class QueryModel(ApiModel):
    """Query parameters: text by nature, so values are converted; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=False)


def _as_utc(value: datetime) -> datetime:
    if not 1900 <= value.year < 2200:
        raise ValueError("the year must lie between 1900 and 2199")
    return value.astimezone(UTC)


def format_time(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


#: An aware time, read as RFC 3339 and written in UTC.
Timestamp = Annotated[
    AwareDatetime, Field(strict=False), AfterValidator(_as_utc), PlainSerializer(format_time, when_used="json")
]
#: An opaque id in a path or body.
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:~-]+$")]


class Page(QueryModel):
    """Paging of lists."""

    limit: int = Field(50, ge=1, le=500, description="Most items to return.")
    cursor: str | None = Field(None, max_length=400, description="The `next` of the page before.")


class ApiBlueprint(APIBlueprint):
    """A blueprint under /api/v1 whose every route declares its permission.

    ``permissions`` maps the full endpoint name to the declared permission; the guard reads it.
    """

    def __init__(self, name: str, import_name: str, *, tag: str) -> None:
        super().__init__(name, import_name, url_prefix=API_PREFIX, abp_tags=[{"name": tag}])
        self.permissions: dict[str, Permission] = {}

    def endpoint_for(
        self,
        method: str,
        rule: str,
        permission: Permission,
        *,
        answers: dict[int, type[BaseModel] | None],
        problems: tuple[int, ...] = (),
        **options: Any,
    ) -> Callable[[View], View]:
        """Declare a route. ``answers``: status to body model (None: empty); ``problems``: further statuses."""
        responses: dict[str, Any] = {
            str(status): model if model is not None else {"description": "Done; no content."}
            for status, model in answers.items()
        }
        expected = {400, 405, 413, 422, 429, 503, *problems}
        if not permission.public:
            expected |= {401, 403}
        if permission.patient_of or permission.owner_of:
            expected |= {404}
        for status in sorted(expected):
            responses[str(status)] = {
                "description": "Problem details (RFC 9457).",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemModel"}}},
            }
        security: list[dict[str, list[Any]]] | None = None if permission.public else [{"session": []}, {"bearer": []}]
        declare = getattr(super(), method.lower())

        def decorator(view: View) -> View:
            self.permissions[f"{self.name}.{view.__name__}"] = permission
            return cast(View, declare(rule, responses=responses, security=security, **options)(view))

        return decorator

    def read(self, rule: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        """Declare a GET route."""
        return self.endpoint_for("get", rule, permission, **options)

    def create(self, rule: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        """Declare a POST route."""
        return self.endpoint_for("post", rule, permission, **options)

    def replace(self, rule: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        """Declare a PUT route."""
        return self.endpoint_for("put", rule, permission, **options)

    def change(self, rule: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        """Declare a PATCH route."""
        return self.endpoint_for("patch", rule, permission, **options)

    def remove(self, rule: str, permission: Permission, **options: Any) -> Callable[[View], View]:
        """Declare a DELETE route."""
        return self.endpoint_for("delete", rule, permission, **options)


def answer(model: BaseModel | dict[str, Any], status: int = 200) -> Response:
    """A JSON answer, never stored by caches."""
    text = model.model_dump_json() if isinstance(model, BaseModel) else json.dumps(model)
    return Response(text, status=status, mimetype="application/json")


def no_content() -> Response:
    """204 without a body."""
    return Response(status=204)


def validation_problem(error: ValidationError) -> Response:
    """The 422 answer for a request that does not fit its schema. Values are not echoed."""
    errors = [
        {"loc": [str(part) for part in item["loc"]], "msg": item["msg"]}
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return problem_response(Invalid("The request does not fit its schema.", errors=errors))


PROBLEM_SCHEMA = ProblemModel
