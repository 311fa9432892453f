"""What we compare with: the bare driver, and a bare Flask view that inserts. Each a process of its own."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from bson import decode
from flask import Flask, request
from pymongo import MongoClient


def client_of(uri: str) -> MongoClient[dict[str, Any]]:
    """The driver, as durable as the platform's connection."""
    return MongoClient(
        uri, directConnection=True, retryWrites=False, w="majority", journal=True, maxPoolSize=100, tz_aware=True
    )


def insert_for(plan: dict[str, Any]) -> dict[str, Any]:
    """``threads`` threads call insert_one of one document, again and again, for ``seconds``."""
    document = decode(bytes.fromhex(plan["document_hex"]))
    client = client_of(plan["uri"])
    collection = client["bench_peer"]["observations"]
    collection.find_one({"_id": "none"})
    counts = [0] * plan["threads"]
    start = threading.Barrier(plan["threads"] + 1)
    stop = threading.Event()

    def insert(index: int) -> None:
        start.wait()
        number = 0
        prefix = f"{time.monotonic_ns()}.{index}."
        while not stop.is_set():
            collection.insert_one({**document, "_id": f"{prefix}{number}"})
            number += 1
        counts[index] = number

    threads = [threading.Thread(target=insert, args=(index,)) for index in range(plan["threads"])]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    time.sleep(plan["seconds"])
    stop.set()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    client.close()
    return {"inserts": sum(counts), "seconds": took}


def bare_app(uri: str) -> Flask:
    """The least that takes a frame by HTTP and stores it durably: no key, no rules, no decoding."""
    app = Flask("bare")
    collection = client_of(uri)["bench_peer"]["bare"]

    @app.post("/api/v1/devices/<device_id>/frames")
    def frames(device_id: str) -> dict[str, Any]:
        accepted = []
        for frame in request.get_json()["frames"]:
            collection.insert_one({"_id": f"{device_id}.{frame['id']}", "frame": frame})
            accepted.append(frame["id"])
        return {"accepted": accepted, "duplicates": [], "rejected": []}

    @app.get("/healthz")
    def health() -> str:
        return "ok"

    return app


if __name__ == "__main__":
    json.dump(insert_for(json.load(sys.stdin)), sys.stdout)
