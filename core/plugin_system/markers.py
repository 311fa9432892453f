"""The pluggy markers of the project: ``hookimpl`` for plugins, ``hookspec`` for the core."""

from __future__ import annotations

import pluggy

PROJECT_NAME = "pmp"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
