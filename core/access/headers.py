"""Security headers on every answer (library ``secure``), and no caching of what the API says."""

from __future__ import annotations

from flask import Flask, Response, request
from secure import (
    ContentSecurityPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from core.settings import Settings


def install_headers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of ``app``."""
    policy = (
        ContentSecurityPolicy()
        .default_src("'self'")
        .script_src("'self'")
        # The portal has no style elements; the component library writes positions into style attributes.
        .style_src("'self'")
        .style_src_attr("'unsafe-inline'")
        .img_src("'self'", "data:", "blob:")
        .media_src("'self'", "blob:")
        .font_src("'self'", "data:")
        .connect_src("'self'")
        # The service worker that shows pushes.
        .worker_src("'self'")
        .manifest_src("'self'")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )
    headers = Secure(
        csp=policy,
        xfo=XFrameOptions().deny(),
        xcto=XContentTypeOptions().nosniff(),
        referrer=ReferrerPolicy().same_origin(),
        permissions=PermissionsPolicy().camera("self").microphone("self").geolocation(),
        hsts=StrictTransportSecurity().max_age(31_536_000).include_subdomains() if settings.secure_cookies else None,
    ).headers

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
