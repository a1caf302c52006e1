"""A restart of the local cloud neither repeats nor loses what the tables' streams carry."""

import json
from types import SimpleNamespace
from typing import Any

from localstack.ministack_main import KEPT, keep_streams

TABLE = ("000000000000", "us-east-1", "telesalud-local-patients")


class Scoped:
    """The emulator's dictionary by account, region and name."""

    def __init__(self) -> None:
        self._data: dict[tuple[str, str, str], Any] = {}

    def get_scoped(self, account: str, region: str, name: str, default: Any = None) -> Any:
        return self._data.get((account, region, name), default)

    def set_scoped(self, account: str, region: str, name: str, value: Any) -> None:
        self._data[account, region, name] = value


def service() -> Any:
    """An emulator's DynamoDB service, just started, that keeps its streams."""
    loaded: list[Any] = []
    dynamodb = SimpleNamespace(
        _stream_records=Scoped(),
        _stream_trimmed=Scoped(),
        get_state=lambda: {"tables": {}},
        load_persisted_state=loaded.append,
        loaded=loaded,
    )
    keep_streams(dynamodb)
    return dynamodb


def restarted(before: Any) -> Any:
    after = service()
    after.load_persisted_state(json.loads(json.dumps(before.get_state())))
    return after


def end(dynamodb: Any) -> int:
    """The position after the newest record, as the emulator counts."""
    records = dynamodb._stream_records.get_scoped(*TABLE, [])
    return int(dynamodb._stream_trimmed.get_scoped(*TABLE, 0)) + len(records)


def test_positions_and_unread_records_mean_the_same_after_a_restart() -> None:
    before = service()
    before._stream_trimmed.set_scoped(*TABLE, 40)
    before._stream_records.set_scoped(*TABLE, [{"eventID": "a"}, {"eventID": "b"}])
    after = restarted(before)
    assert end(after) == end(before) == 42
    assert after._stream_records.get_scoped(*TABLE) == [{"eventID": "a"}, {"eventID": "b"}]
    assert after.loaded[0]["tables"] == {}


def test_a_long_stream_keeps_its_newest_records_and_its_end() -> None:
    before = service()
    before._stream_records.set_scoped(*TABLE, [{"eventID": str(n)} for n in range(KEPT + 7)])
    after = restarted(before)
    assert end(after) == KEPT + 7
    assert len(after._stream_records.get_scoped(*TABLE)) == KEPT
    assert after._stream_records.get_scoped(*TABLE)[-1] == {"eventID": str(KEPT + 6)}


def test_state_of_before_streams_were_kept_still_loads() -> None:
    after = service()
    after.load_persisted_state({"tables": {}})
    after.load_persisted_state(None)
    assert end(after) == 0
