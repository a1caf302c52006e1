"""What an encrypted file promises: nothing acknowledged is lost, nothing read without its key."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.tools import ROOT
from telesalud.platform.embedded import database as databases
from telesalud.platform.embedded.backend import EmbeddedBackend
from telesalud.platform.embedded.database import Database, StoreFull, WrongKey
from telesalud.platform.embedded.store import EmbeddedStore
from telesalud.platform.ports.blobs import Area, BlobKey
from telesalud.platform.store import ABSENT, Item, Key, Put, every
from tests.worlds.world import FrozenClock

KEY = bytes(range(32))
WRITING = """
import sys
from pathlib import Path
from telesalud.platform.embedded.database import Database
from telesalud.platform.embedded.store import EmbeddedStore
from telesalud.platform.ports.blobs import Area, BlobKey
from telesalud.platform.store import ABSENT, Key, Put

store = EmbeddedStore(Database(Path(sys.argv[1]), bytes(range(32))), "patients")
for number in range(100_000):
    pair = [Key(f"PATIENT#{number:06d}", part) for part in ("head", "body")]
    body = {"kind": "event", "sealed": bytes(2000)}
    store.transact([Put(key, body, when=ABSENT) for key in pair])
    print(number, flush=True)
"""


def test_what_was_acknowledged_outlives_a_kill_and_nothing_is_halved(tmp_path: Path) -> None:
    file = tmp_path / "telesalud.db"
    acknowledged = -1
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged == 40:
                writer.send_signal(signal.SIGKILL)
    database = Database(file, KEY)
    store = EmbeddedStore(database, "patients")
    for number in range(acknowledged + 1):
        found = [item.key.sk for item in every(store, f"PATIENT#{number:06d}")]
        assert found == ["body", "head"]
    halves = [item.key.pk for item in store.sweep("PATIENT#")]
    assert all(halves.count(pk) == 2 for pk in halves)
    with database.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        followed = connection.execute("SELECT count(*) FROM stream").fetchone()[0]
    assert followed == len(halves), "nothing written is without its place in the stream"
    database.close()


def test_the_file_tells_nothing_without_its_key(tmp_path: Path) -> None:
    file = tmp_path / "telesalud.db"
    database = Database(file, KEY)
    EmbeddedStore(database, "patients").transact([Put(Key("DEMO", "1"), {"name": "Demostración"})])
    database.close()
    assert "Demostración".encode() not in file.read_bytes()
    assert not file.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(WrongKey):
        Database(file, bytes(32))
    assert file.stat().st_mode & 0o077 == 0, "only its owner opens the file"
    assert EmbeddedStore(Database(file, KEY), "patients").get(Key("DEMO", "1")) is not None


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says how many bytes the disk has left."""

    def leave(count: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(count, 0, count))

    return leave


def test_a_full_disk_refuses_to_write_and_goes_on_reading(
    tmp_path: Path, free: Callable[[int], None]
) -> None:
    database = Database(tmp_path / "telesalud.db", KEY)
    store = EmbeddedStore(database, "patients")
    key, looked = Key("DEMO", "1"), Key("AUDIT#DEMO", "1")
    store.transact([Put(key, {"sealed": b"1"}, when=ABSENT)])
    free(databases.RESERVE - 1)
    with pytest.raises(StoreFull) as refused:
        store.transact([Put(Key("DEMO", "2"), {"sealed": b"2"})])
    assert (refused.value.status, refused.value.slug) == (507, "disk-full")
    store.transact([Put(looked, {"kind": "audit"}, when=ABSENT)])
    assert store.get(key) == Item(key, 1, {"sealed": b"1"})
    free(databases.RESERVE)
    store.transact([Put(Key("DEMO", "2"), {"sealed": b"2"})])


def test_a_disk_that_fills_within_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "telesalud.db", KEY, reserve=0)
    store = EmbeddedStore(database, "patients")
    with database.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    database.limit(pages + 20)
    with pytest.raises(StoreFull):
        store.transact([Put(Key("DEMO", str(n)), {"sealed": os.urandom(90_000)}) for n in range(9)])
    assert [*every(store, "DEMO")] == []
    store.transact([Put(Key("DEMO", "small"), {"sealed": b"1"})])
    assert [item.key.sk for item in every(store, "DEMO")] == ["small"]


def test_what_expired_goes_and_a_content_that_waits_for_its_row_stays(tmp_path: Path) -> None:
    clock = FrozenClock()
    backend = EmbeddedBackend(tmp_path, KEY, {}, clock)
    store, blobs = backend.store("patients"), backend.blobs("", "files", "", "https://site.invalid")
    expired, kept = Key("ONCE", "1"), Key("ONCE", "2")
    store.transact([Put(expired, {"a": 1}, expires=clock()), Put(kept, {"a": 1})])
    lasting, passing = (BlobKey("demo", "patient-1", name) for name in ("lasting", "passing"))
    blobs.put(lasting, "text/plain", b"lasting")
    blobs.put(passing, "text/plain", b"passing", passing=True)
    for name, age in (("young", timedelta()), ("old", timedelta(days=9))):
        content = tmp_path / "files" / name
        content.write_bytes(b"no row yet")
        at = (clock() + timedelta(days=5) - age).timestamp()
        os.utime(content, (at, at))
    clock.advance(days=5)
    backend.tidy()
    assert (store.get(expired), store.get(kept) is not None) == (None, True)
    assert blobs.read(Area.CLEAN, lasting) == b"lasting"
    assert blobs.stat(Area.CLEAN, passing) is None
    contents = {path.name for path in (tmp_path / "files").iterdir()}
    assert "young" in contents
    assert "old" not in contents
    backend.close()
