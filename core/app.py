"""The Flask application: ``create_app(settings)`` wires everything and keeps no globals."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_openapi import Info, OpenAPI
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from core.access import api as access_api
from core.access import policy_api
from core.access.guard import install_guard
from core.access.headers import install_headers
from core.assembly import assemble, prepare, start_serving
from core.audit import api as audit_api
from core.devices import api as devices_api
from core.http import ApiBlueprint, StrictJson, validation_problem
from core.live.socket import live_blueprint
from core.observations import api as observations_api
from core.patients import api as patients_api
from core.people import api as people_api
from core.platform import EXTENSION, Platform
from core.plugin_system import api as plugins_api
from core.portal import portal_blueprint
from core.problems import Problem, ProblemModel, Unavailable, problem_response
from core.processes.heartbeats import platform_version
from core.settings import Settings
from core.system_api import blueprint as system_blueprint
from core.system_api import health_blueprint

log = structlog.get_logger(__name__)

_BLUEPRINTS = (
    access_api, people_api, patients_api, observations_api, devices_api, audit_api, policy_api, plugins_api,
)  # fmt: skip


def create_app(settings: Settings, platform: Platform | None = None) -> Flask:
    """The web application, serving. ``platform`` is assembled from the settings unless given (tests do)."""
    if platform is None:
        platform = assemble(settings)
        prepare(platform)
    app = build_app(settings, platform)
    start_serving(platform)
    return app


def build_app(settings: Settings, platform: Platform) -> Flask:
    """The application without its threads: routes, guard, headers, errors."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app = _openapi_app()
    app.extensions[EXTENSION] = platform
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": 65_536}
    if settings.public_url:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    for module in _BLUEPRINTS:
        app.register_api(module.blueprint(platform))
    app.register_api(system_blueprint(platform))
    _register_plugins(app, platform)
    app.register_blueprint(live_blueprint(platform))
    app.register_blueprint(health_blueprint(platform))
    app.register_blueprint(portal_blueprint(platform))
    _install_errors(app)
    # What is registered last sees an answer first: the guard may replace one, and that needs headers too.
    install_headers(app, settings)
    install_guard(app, platform)
    app.extensions["openapi_description"] = lambda: app.api_doc
    return app


def describe_api(settings: Settings, platform: Platform) -> dict[str, Any]:
    """The OpenAPI description of the API."""
    description: dict[str, Any] = build_app(settings, platform).extensions["openapi_description"]()
    return description


def _openapi_app() -> OpenAPI:
    app = OpenAPI(
        "core",
        info=Info(
            title="Patient Monitoring Platform",
            version=platform_version(),
            description="Readings of devices and people, alerts, and who may see them. Errors are problem details.",
        ),
        security_schemes={
            "session": {"type": "apiKey", "in": "cookie", "name": "pmp_session"},
            "bearer": {"type": "http", "scheme": "bearer"},
        },
        validation_error_callback=validation_problem,
        validation_error_model=ProblemModel,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = "3.1.0"
    app.json = StrictJson(app)
    return app


def _register_plugins(app: OpenAPI, platform: Platform) -> None:
    for plugin, blueprint in platform.plugins.contributions("blueprints", platform=platform):
        try:
            _own_name(blueprint, plugin.id)
            app.register_api(blueprint)
        except Exception as error:
            platform.plugins.quarantine(plugin.id, f"its routes cannot be served: {error}"[:300])


def _own_name(blueprint: ApiBlueprint, plugin_id: str) -> None:
    if not isinstance(blueprint, ApiBlueprint):
        raise TypeError("blueprints() must give ApiBlueprint objects")
    if blueprint.name.split(".")[0] != plugin_id:
        raise ValueError(f"a blueprint of the plugin {plugin_id} must be named {plugin_id}")


def _install_errors(app: Flask) -> None:
    @app.errorhandler(Problem)
    def on_problem(error: Problem) -> Response:
        return problem_response(error)

    @app.errorhandler(PyMongoError)
    def on_database(error: PyMongoError) -> Response:
        log.warning("database_unavailable", error=type(error).__name__, endpoint=request.endpoint)
        return problem_response(Unavailable("The database does not answer now; try again.", retry_after_s=2))

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Any:
        if error.response is not None:
            return error.response
        problem = Problem(error.description or error.name)
        problem.title = error.name
        problem.status = error.code or 500  # type: ignore[assignment]
        response = problem_response(problem)
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def on_anything(error: Exception) -> Response:
        # The text of an exception can hold patient data: only its type and place are logged.
        log.error("unhandled", error=type(error).__name__, endpoint=request.endpoint, place=_place(error))
        return problem_response(Problem("Something went wrong here. It was recorded."))


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    last = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        last = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last
