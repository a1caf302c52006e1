"""The emulator's version 1.5.33, with two things that a day's work on it needs.

It keeps how far each function has read a table's stream, but not the stream: after a restart every
position lies beyond the end, and nothing is relayed until as many records are written again. And it
unpacks every layer anew (5,000 files) for each worker of each function. Runs in the emulator's own
environment, in place of its `ministack` command.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

KEPT = 1_000
"""Newest records kept of each table; the functions are never so far behind."""


def keep_streams(dynamodb: Any) -> None:
    """Make the emulator's DynamoDB service save and load its stream records with its tables."""
    get_state, load_state = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state_with_streams() -> dict[str, Any]:
        streams = []
        for (account, region, table), records in dynamodb._stream_records._data.items():
            trimmed = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)
            trimmed += max(0, len(records) - KEPT)
            streams.append([account, region, table, trimmed, records[-KEPT:]])
        return {**get_state(), "streams": streams}

    def load_state_with_streams(data: Any) -> None:
        load_state(data)
        for account, region, table, trimmed, records in (data or {}).get("streams", ()):
            dynamodb._stream_records.set_scoped(account, region, table, list(records))
            dynamodb._stream_trimmed.set_scoped(account, region, table, trimmed)

    dynamodb.get_state = get_state_with_streams
    dynamodb.load_persisted_state = load_state_with_streams


def share_layers(lambda_runtime: Any, shared: Path) -> None:
    """Make workers link to a layer that is unpacked once, under its content's hash, in `shared`.

    Workers only read their layers, and removing a worker's folder leaves what it links to.
    """
    lock = threading.Lock()

    class Archive(zipfile.ZipFile):
        def extractall(self, path: Any = None, *rest: Any, **named: Any) -> None:
            if path is None or self.filename is None or not Path(path).name.startswith("layer_"):
                super().extractall(path, *rest, **named)
                return
            unpacked = shared / hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()
            with lock:
                if not unpacked.exists():
                    # Renamed once it is whole: what is cut short is never served.
                    partial = Path(tempfile.mkdtemp(dir=shared))
                    super().extractall(partial, *rest, **named)
                    partial.rename(unpacked)
            Path(path).rmdir()
            Path(path).symlink_to(unpacked, target_is_directory=True)

    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Archive})


if __name__ == "__main__":
    keep_streams(importlib.import_module("ministack.services.dynamodb"))
    layers = Path(tempfile.mkdtemp(prefix="layers-"))
    share_layers(importlib.import_module("ministack.core.lambda_runtime"), layers)
    sys.exit(importlib.import_module("ministack.app").main())
