"""The web process: Flask under gunicorn with threads; a live page holds one thread."""

from __future__ import annotations

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from core.app import create_app
from core.logs import configure_logging
from core.platform import EXTENSION, Platform
from core.processes.due import DueLoop, plugins_due_work
from core.settings import Settings


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured for this application."""

    def __init__(self, settings: Settings, host: str, port: int, workers: int) -> None:
        self._settings = settings
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._workers = workers
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "bind": self._bind,
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": self._settings.web_threads,
            "worker_connections": self._settings.web_threads * 2,
            "graceful_timeout": 5,
            "timeout": 60,
            "keepalive": 75,
            "control_socket_disable": True,
            "loglevel": "warning",
            "worker_exit": _close_platform,
            "forwarded_allow_ips": "127.0.0.1",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in the worker process."""
        configure_logging(self._settings)
        app = create_app(self._settings)
        platform: Platform = app.extensions[EXTENSION]
        platform.heartbeats.start("web", present=platform.live.present)
        due = DueLoop(platform, plugins_due_work(platform, "web"))
        due.start()
        platform.on_close(due.stop)
        self.app = app
        # What lives as long as the process need not be looked through by every full collection: 100 ms each.
        gc.collect()
        gc.freeze()
        return app


def _close_platform(_server: Any, worker: Any) -> None:
    app = getattr(worker.app, "app", None)
    if app is not None:
        platform: Platform = app.extensions[EXTENSION]
        platform.heartbeats.stop("web")
        platform.close()


def run_web(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop."""
    WebServer(settings, host, port, workers).run()
