"""The embedded database: a SecantusDB server as a child process on loopback.

It is a separate program, never imported. Started with ``--sync-on-commit`` (an acknowledged write
survives ``kill -9``) and, after the first start has made the account, with SCRAM.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from core.problems import ConfigurationError
from core.settings import read_or_make_secret

CONNECTION_FILE = "database.json"
_LOCK_FILE = "database.lock"
_USER = "pmp"
_START_TIMEOUT_S = 60.0


def server_program() -> str | None:
    """Path of the embedded server's program, or None if it is not installed."""
    beside = Path(sys.executable).parent / "secantusd-py"
    return str(beside) if beside.exists() else shutil.which("secantusd-py")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EmbeddedDatabase:
    """One embedded server over ``data_dir``, held by a file lock.

    ``start`` blocks until it answers; ``process`` is the running child. While it runs, other
    processes find it through ``data_dir/database.json`` (mode 0600).
    """

    def __init__(self, data_dir: Path, port: int | None = None) -> None:
        self.data_dir = data_dir
        self.port = port or _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def uri(self) -> str:
        """Connection string with the account's password."""
        password = read_or_make_secret(self.data_dir / "database_password")
        return f"mongodb://{_USER}:{password}@127.0.0.1:{self.port}/?authSource=admin"

    def start(self) -> None:
        """Start the server; the first time, make its account first.

        Raises ConfigurationError if the program is missing, the data is in use, or it does not start.
        """
        program = server_program()
        if program is None:
            raise ConfigurationError(
                "the embedded database is not installed: pip install 'patient-monitoring-platform[embedded]', "
                "or set PMP_MONGODB_URI"
            )
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        marker = self.data_dir / "database_account"
        if not marker.exists():
            self._spawn(program, auth=False)
            self._make_account()
            self._end_process()
            marker.write_text(_USER)
        self._spawn(program, auth=True)
        self._wait_until_it_answers(self.uri)
        self._publish()

    def restart(self) -> None:
        """Start the server again on the same port, after it died."""
        program = server_program()
        if program is None:
            raise ConfigurationError("the embedded database's program has disappeared")
        self._end_process()
        self._spawn(program, auth=True)
        self._wait_until_it_answers(self.uri)
        self._publish()

    def stop(self) -> None:
        """Stop the server and release the data."""
        with contextlib.suppress(FileNotFoundError):
            (self.data_dir / CONNECTION_FILE).unlink()
        self._end_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def is_held(self) -> bool:
        """Whether a server runs on this data, started by another process."""
        try:
            self._take_lock()
        except ConfigurationError:
            return True
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        return False

    def _take_lock(self) -> None:
        lock = (self.data_dir / _LOCK_FILE).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise ConfigurationError(f"another server already uses {self.data_dir}") from None
        self._lock = lock

    def _spawn(self, program: str, *, auth: bool) -> None:
        log = (self.data_dir / "database.log").open("ab")
        command = [program, "--host", "127.0.0.1", "--port", str(self.port), "--sync-on-commit"]
        command += ["--storage-path", str(self.data_dir / "database"), "--log-level", "WARNING"]
        # One hour of change history: a consumer that was away longer starts over from the source.
        command += ["--oplog-retention-seconds", "3600"]
        if auth:
            command.append("--auth")
        try:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        finally:
            log.close()

    def _wait_until_it_answers(self, uri: str) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise ConfigurationError(f"the embedded database did not start; see {self.data_dir / 'database.log'}")
            try:
                with self._client(uri) as client:
                    client.admin.command("ping")
                return
            except PyMongoError:
                time.sleep(0.05)
        raise ConfigurationError("the embedded database did not answer within a minute")

    @staticmethod
    def _client(uri: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(uri, directConnection=True, retryWrites=False, serverSelectionTimeoutMS=500)

    def _make_account(self) -> None:
        plain = f"mongodb://127.0.0.1:{self.port}/"
        self._wait_until_it_answers(plain)
        password = read_or_make_secret(self.data_dir / "database_password")
        with self._client(plain) as client, contextlib.suppress(OperationFailure):
            client.admin.command("createUser", _USER, pwd=password, roles=["root"])

    def _publish(self) -> None:
        path = self.data_dir / CONNECTION_FILE
        temporary = path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"uri": self.uri, "pid": self.process.pid if self.process else None}, file)
        temporary.replace(path)

    def _end_process(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
