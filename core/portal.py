"""Serving the built React portal, the API description and its interactive page.

The portal is built into ``core/web/static`` and shipped in the wheel. Every path that is not a file
of it and not under /api is the portal's own route, so it gets ``index.html``.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, current_app, json, request, send_from_directory

from core.access.permission import PUBLIC
from core.http import API_PREFIX
from core.platform import Platform
from core.problems import NotFound

STATIC = Path(__file__).parent / "web" / "static"
DOCS = Path(__file__).parent / "web" / "docs"
SERVICE_WORKER = "sw.js"
_YEAR_S = 31_536_000


def portal_blueprint(platform: Platform) -> Blueprint:
    """The portal's files and pages."""
    portal = Blueprint("portal", __name__)
    names = ("page", "openapi", "docs", "docs_file")
    portal.permissions = {f"portal.{name}": PUBLIC for name in names}  # type: ignore[attr-defined]

    @portal.get(f"{API_PREFIX}/openapi.json")
    def openapi() -> Response:
        """The OpenAPI 3.1 description of the API."""
        text = json.dumps(current_app.extensions["openapi_description"]())
        return Response(text, mimetype="application/json")

    @portal.get(f"{API_PREFIX}/docs")
    def docs() -> Response:
        """Interactive documentation of the API."""
        return send_from_directory(DOCS, "index.html")

    @portal.get(f"{API_PREFIX}/docs/<path:name>")
    def docs_file(name: str) -> Response:
        """A file of the interactive documentation."""
        if name == "init.js":
            return send_from_directory(DOCS, name)
        folder = files("flask_openapi_swagger") / "templates" / "swagger"
        return send_from_directory(str(folder), name)

    @portal.get("/", defaults={"path": ""})
    @portal.get("/<path:path>")
    def page(path: str) -> Response:
        """A file of the portal, or the portal itself."""
        if path.startswith("api/"):
            raise NotFound("There is no such route.")
        if path and (STATIC / path).is_file():
            response = send_from_directory(STATIC, path)
            if path.startswith("assets/"):
                response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
            elif path == SERVICE_WORKER:
                # An old worker would go on showing pushes its own way: browsers ask for it each time.
                response.headers["Cache-Control"] = "no-cache"
                response.headers["Service-Worker-Allowed"] = "/"
                response.mimetype = "text/javascript"
            elif path.endswith(".webmanifest"):
                response.mimetype = "application/manifest+json"
            return response
        if not (STATIC / "index.html").is_file():
            raise NotFound("The portal is not built: run `make portal`.")
        if path.startswith("assets/") or request.method != "GET":
            raise NotFound("There is no such file.")
        response = send_from_directory(STATIC, "index.html")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return portal
