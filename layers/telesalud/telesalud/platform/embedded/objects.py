"""The installation's own objects, and what is written once, as rows of the database."""

from collections.abc import Iterator
from pathlib import Path

from telesalud.platform.embedded.database import Database
from telesalud.platform.ports.archive import Kept


class EmbeddedObjects:
    """`Objects` of one bucket."""

    def __init__(self, database: Database, bucket: str) -> None:
        self._database, self._bucket = database, bucket

    def fetch(self, key: str, to: Path) -> None:
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT body FROM object WHERE bucket = ? AND name = ?", (self._bucket, key)
            ).fetchone()
        if row is None:
            raise FileNotFoundError(key)
        to.write_bytes(row[0])

    def put(self, key: str, file: Path) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO object VALUES (?, ?, ?)",
                (self._bucket, key, file.read_bytes()),
            )


class EmbeddedArchive:
    """An `Archive` of one bucket."""

    def __init__(self, database: Database, bucket: str) -> None:
        self._database, self._bucket = database, bucket

    def write(self, name: str, body: bytes) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO written VALUES (?, ?, ?)", (self._bucket, name, body)
            )

    def read(self, prefix: str, after: str = "") -> Iterator[Kept]:
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, body FROM written WHERE bucket = ? AND name > ?"
                " AND substr(name, 1, ?) = ? ORDER BY name",
                (self._bucket, after, len(prefix), prefix),
            ).fetchall()
        return iter([Kept(*row) for row in rows])
