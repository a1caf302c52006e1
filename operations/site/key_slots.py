"""Who can open the file: its key, wrapped once for each person under their password.

The file beside the database says neither names nor passwords. A slot's key is argon2id (RFC 9106)
over the password; it wraps the database's key with AES-256-GCM.
"""

import hashlib
import hmac
import json
import os
import threading
from pathlib import Path
from typing import Final, Literal

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Base64Bytes, BaseModel

from telesalud.identity.passwords import canonical

MEMORY_KIB: Final = 256 * 1024
PASSES: Final = 3
"""Dearer than a log-in's hash: who steals the computer guesses without anybody who counts."""


class NotOpened(Exception):
    """Nobody of this name has a slot, or the password is another one."""


class _Slot(BaseModel):
    memory_kib: int
    passes: int
    salt: Base64Bytes
    nonce: Base64Bytes
    wrapped: Base64Bytes


class _File(BaseModel):
    form: Literal[1] = 1
    names: Base64Bytes
    """Under which people's names are hashed."""
    slots: dict[str, _Slot] = {}


class KeySlots:
    """The file `path`, written whole or not at all."""

    def __init__(self, path: Path, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._path, self._memory_kib, self._passes = path, memory_kib, passes
        self._changing = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether anybody has a slot yet."""
        return self._path.exists()

    def open(self, tenant: str, user_name: str, password: str) -> bytes:
        """The database's key. Raises NotOpened, after the same work whether the name is known."""
        file = self._read()
        slot = file.slots.get(_named(file, tenant, user_name)) or self._slot(bytes(32), "")
        try:
            return AESGCM(_derived(slot, password)).decrypt(slot.nonce, slot.wrapped, None)
        except InvalidTag as error:
            raise NotOpened from error

    def opens(self, tenant: str, user_name: str, password: str) -> bool:
        """Whether this person's slot opens with this password."""
        try:
            self.open(tenant, user_name, password)
        except NotOpened:
            return False
        return True

    def put(self, tenant: str, user_name: str, password: str, key: bytes) -> None:
        """Give a person a slot in the place of the one they had."""
        slot = self._slot(key, password)
        with self._changing:
            file = self._read()
            file.slots[_named(file, tenant, user_name)] = slot
            self._write(file)

    def remove(self, tenant: str, user_name: str) -> None:
        """Take a person's slot away; removing what is not there succeeds."""
        with self._changing:
            file = self._read()
            if file.slots.pop(_named(file, tenant, user_name), None) is not None:
                self._write(file)

    def _slot(self, key: bytes, password: str) -> _Slot:
        salt, nonce = os.urandom(16), os.urandom(12)
        made = _Slot.model_construct(
            memory_kib=self._memory_kib, passes=self._passes, salt=salt, nonce=nonce, wrapped=b""
        )
        if password:
            made.wrapped = AESGCM(_derived(made, password)).encrypt(nonce, key, None)
        else:  # nobody's: what it wraps is random, and so opens with nothing
            made.wrapped = os.urandom(48)
        return made

    def _read(self) -> _File:
        if not self._path.exists():
            return _File.model_construct(names=os.urandom(32), slots={})
        return _File.model_validate_json(self._path.read_text("utf-8"))

    def _write(self, file: _File) -> None:
        partial = self._path.with_suffix(".partial")
        partial.touch(mode=0o600)
        with partial.open("w", encoding="utf-8") as out:
            out.write(json.dumps(json.loads(file.model_dump_json()), indent=1))
            out.flush()
            os.fsync(out.fileno())
        partial.replace(self._path)


def _named(file: _File, tenant: str, user_name: str) -> str:
    text = json.dumps([tenant, user_name.casefold()])
    return hmac.new(file.names, text.encode(), hashlib.sha256).hexdigest()


def _derived(slot: _Slot, password: str) -> bytes:
    return hash_secret_raw(
        canonical(password),
        slot.salt,
        time_cost=slot.passes,
        memory_cost=slot.memory_kib,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
