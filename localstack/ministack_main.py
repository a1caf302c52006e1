"""The emulator, with what its version 1.5.33 forgets on a restart: the tables' stream records.

It keeps how far each function has read a stream, but not the stream: after a restart every position
lies beyond the end, and nothing is relayed until as many records are written again. Runs in the
emulator's own environment, in place of its `ministack` command.
"""

from __future__ import annotations

import importlib
import sys
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


if __name__ == "__main__":
    keep_streams(importlib.import_module("ministack.services.dynamodb"))
    sys.exit(importlib.import_module("ministack.app").main())
