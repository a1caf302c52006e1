"""What belongs to the installation and is kept in its own file: keys, secrets, parameters."""

import os
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from telesalud.platform.embedded.database import Database
from telesalud.platform.errors import Unavailable
from telesalud.platform.held_keys import HeldSigner, HeldWrapper, SigningKey, new_signing_key
from telesalud.platform.ports.keys import JwtAlgorithm
from telesalud.platform.store import Key

_SECRET: Final = "secret/"  # noqa: S105  # a prefix, not a secret
_BEFORE: Final = "secret-before/"  # likewise


class Kept:
    """The table `kept`: each name has one content, which stays until it is replaced."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wrapper(self, name: str) -> HeldWrapper:
        """The wrapping key of this name, made when it is first asked for."""
        return HeldWrapper(self.wrapper_key(name))

    def wrapper_key(self, name: str) -> bytes:
        """The 32 bytes of a key of this name, made when they are first asked for."""
        return self.once(f"wrapping/{name}", lambda: os.urandom(32))

    def signer(self, name: str, algorithm: JwtAlgorithm) -> HeldSigner:
        """The signing key of this name, made when it is first asked for."""
        der = self.once(f"signing/{algorithm}/{name}", lambda: _der(new_signing_key(algorithm)))
        key = load_der_private_key(der, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError("what is kept is no signing key")
        return HeldSigner(algorithm, key)

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under a name; `make` makes it when nothing is."""
        found = self.get(name)
        if found is not None:
            return found
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (name, make()))
        return self.get(name) or b""

    def get(self, name: str) -> bytes | None:
        """What is kept under a name, or None."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT body FROM kept WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def put(self, name: str, body: bytes) -> None:
        """Keep something in the place of what was kept under the name."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, body))

    def parameter(self, name: str) -> str | None:
        """A parameter's value, or None."""
        found = self.get(f"parameter/{name}")
        return found.decode() if found is not None else None

    def set_parameter(self, name: str, value: str) -> None:
        """Give a parameter a new value."""
        self.put(f"parameter/{name}", value.encode())

    def following(self, table: str, limit: int) -> list[tuple[int, Key]]:
        """The first items of a table's stream that nothing followed yet, with their numbers."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT seq, pk, sk FROM stream WHERE tbl = ? AND seq >"
                " coalesce((SELECT seq FROM cursor WHERE name = ?), 0) ORDER BY seq LIMIT ?",
                (table, table, limit),
            ).fetchall()
        return [(seq, Key(pk, sk)) for seq, pk, sk in rows]

    def advance(self, table: str, seq: int) -> None:
        """Say that everything up to this number was followed; those rows are not needed again."""
        with self._database.writing(from_reserve=True) as connection:
            connection.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (table, seq))
            connection.execute("DELETE FROM stream WHERE tbl = ? AND seq <= ?", (table, seq))

    def secret_versions(self, name: str) -> tuple[str, ...]:
        """A secret's text and the one before it. Raises Unavailable when there is none."""
        found = [self.get(f"{prefix}{name}") for prefix in (_SECRET, _BEFORE)]
        if found[0] is None:
            raise Unavailable("a secret cannot be read")
        return tuple(text.decode() for text in found if text is not None)

    def rotate(self, name: str, text: str) -> None:
        """Give a secret a new text; the one before it stays known."""
        before = self.get(f"{_SECRET}{name}")
        with self._database.writing() as connection:
            if before is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO kept VALUES (?, ?)", (f"{_BEFORE}{name}", before)
                )
            connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?)", (f"{_SECRET}{name}", text.encode())
            )


def _der(key: SigningKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
