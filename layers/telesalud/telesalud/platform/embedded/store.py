"""A context's items in the database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import cbor2

from telesalud.platform.deciding import decide
from telesalud.platform.embedded.database import Connection, Database
from telesalud.platform.store import (
    MAX_OPERATIONS,
    MAX_PAGE,
    Check,
    Item,
    Key,
    Operation,
    Page,
    Put,
    checked,
)

_LAST: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xE000)
_SWEEP: Final = 500


class EmbeddedStore:
    """A `telesalud.platform.store.SweepableStore`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database, self._table = database, table

    def get(self, key: Key) -> Item | None:
        with self._database.reading() as connection:
            return self._at(connection, key)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        if len(keys) > MAX_OPERATIONS:
            raise ValueError(f"at most {MAX_OPERATIONS} keys at once")
        with self._database.reading() as connection:
            connection.execute("BEGIN")
            try:
                found = {key: self._at(connection, key) for key in keys}
            finally:
                connection.execute("COMMIT")
        return {key: item for key, item in found.items() if item is not None}

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        until: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        if not 1 <= limit <= MAX_PAGE:
            raise ValueError(f"limit must be 1 to {MAX_PAGE}")
        if until is not None and newest_first:
            raise ValueError("until needs ascending order")
        bounds: list[tuple[str, str | None]] = [
            ("sk >= ?", prefix or None),
            ("sk < ?", _beyond(prefix)),
            ("sk < ?" if newest_first else "sk > ?", after),
            ("sk <= ?", until),
        ]
        asked = [(clause, value) for clause, value in bounds if value is not None]
        where = "".join(f" AND {clause}" for clause, _ in asked)
        order = "DESC" if newest_first else "ASC"
        values = [self._table, pk, *(value for _, value in asked), limit + 1]
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT pk, sk, v, body FROM item WHERE tbl = ? AND pk = ?"  # noqa: S608  # fixed clauses
                f"{where} ORDER BY sk {order} LIMIT ?",
                values,
            ).fetchall()
        items = [item_of(*row) for row in rows[:limit]]
        return Page(items, items[-1].key.sk if len(rows) > limit else None)

    def sweep(self, prefix: str) -> Iterator[Item]:
        last, beyond = ("", ""), _beyond(prefix) or chr(_LAST)
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    "SELECT pk, sk, v, body FROM item WHERE tbl = ? AND pk >= ? AND pk < ?"
                    " AND (pk, sk) > (?, ?) ORDER BY pk, sk LIMIT ?",
                    (self._table, prefix, beyond, *last, _SWEEP),
                ).fetchall()
            for row in rows:
                yield item_of(*row)
            if len(rows) < _SWEEP:
                return
            last = rows[-1][:2]

    def transact(self, operations: Sequence[Operation]) -> None:
        checked(operations)
        with self._database.writing(from_reserve=_only_audit(operations)) as connection:
            found = {o.key: self._at(connection, o.key) for o in operations}
            results = decide(operations, found)
            for operation in operations:
                if not isinstance(operation, Check):
                    key = operation.key
                    self._place(connection, key, found[key], results[key])

    def _at(self, connection: Connection, key: Key) -> Item | None:
        row = connection.execute(
            "SELECT v, body FROM item WHERE tbl = ? AND pk = ? AND sk = ?", (self._table, *key)
        ).fetchone()
        return item_of(*key, *row) if row else None

    def _place(self, connection: Connection, key: Key, old: Item | None, new: Item | None) -> None:
        if new is None:
            connection.execute(
                "DELETE FROM item WHERE tbl = ? AND pk = ? AND sk = ?", (self._table, *key)
            )
            return
        connection.execute(
            "INSERT OR REPLACE INTO item (tbl, pk, sk, v, body, expires) VALUES (?, ?, ?, ?, ?, ?)",
            (self._table, *key, new.version, _body(new), new.attributes.get("expires_at")),
        )
        if old is None and "kind" in new.attributes:
            connection.execute(
                "INSERT INTO stream (tbl, pk, sk) VALUES (?, ?, ?)", (self._table, *key)
            )


def item_of(pk: str, sk: str, version: int, body: bytes) -> Item:
    """The item that a row holds."""
    found: Mapping[str, Any] = cbor2.loads(body)
    attributes = {n: tuple(v) if isinstance(v, list) else v for n, v in found.items()}
    return Item(Key(pk, sk), version, attributes)


def _body(item: Item) -> bytes:
    return cbor2.dumps(dict(item.attributes))


def _only_audit(operations: Sequence[Operation]) -> bool:
    """Whether nothing is written but that somebody looked: reading goes on from the reserve."""
    return all(
        isinstance(each, Check)
        or (isinstance(each, Put) and each.attributes.get("kind") == "audit")
        for each in operations
    )


def _beyond(prefix: str) -> str | None:
    """The first text after all that start with `prefix`, by code point; None when there is none."""
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES[1] if following == _SURROGATES[0] else following)
