"""Envelope encryption of everything that names or describes a person.

Two kinds of data key, each wrapped by KMS with an encryption context and stored beside the data:

- one per **patient** (clinical content, notes, chat), so that deleting it shreds the content;
- one per **tenant** (demographics), so that an agenda of thirty names costs one unwrap.

A sealed value is `0x01 | nonce (12) | AES-256-GCM ciphertext and tag (NIST SP 800-38D)` whose
associated data is the vault's name, the scope and the place (item key and attribute), so a value
that was moved elsewhere does not open. The name is the context's, never the table's: a restored
table has another name, and what it holds must open there. Lookups use HMAC-SHA256 under a separate
key per tenant.
"""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telesalud.platform.errors import Gone
from telesalud.platform.ports.keys import KeyWrapper, Tampered
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, Store

_FORMAT = b"\x01"
_NONCE = 12
KEPT_SECONDS = 300.0
"""How long an unwrapped key may stay in memory."""
_KEPT_KEYS = 1000


class Scope(NamedTuple):
    """Whose key protects a value: a patient of a tenant, or (patient empty) the tenant itself."""

    tenant: str
    patient: str = ""

    @property
    def context(self) -> dict[str, str]:
        """The KMS encryption context."""
        context = {"tenant": self.tenant}
        return context | {"patient": self.patient} if self.patient else context

    @property
    def key(self) -> Key:
        """Where the wrapped data key is stored."""
        return Key(f"KEY#{self.tenant}", f"PATIENT#{self.patient}" if self.patient else "TENANT")


def _lookup_key(tenant: str) -> Key:
    return Key(f"KEY#{tenant}", "LOOKUP")


@dataclass(slots=True)
class _Kept:
    plain: bytes
    until: float


class Vault:
    """Seals and opens the values of the context `name`, whose wrapped keys live in `store`."""

    def __init__(
        self,
        store: Store,
        wrapper: KeyWrapper,
        name: str,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._store = store
        self._wrapper = wrapper
        self._name = name
        self._kept: dict[Key, _Kept] = {}
        self._lock = threading.Lock()

    def seal(self, scope: Scope, place: str, clear: bytes) -> bytes:
        """The sealed value; creates the scope's key at first use. Raises Gone after `shred`."""
        nonce = os.urandom(_NONCE)
        cipher = AESGCM(self._key(scope.key, scope.context, create=True))
        return _FORMAT + nonce + cipher.encrypt(nonce, clear, self._associated(scope, place))

    def open(self, scope: Scope, place: str, sealed: bytes) -> bytes:
        """The clear value. Raises Tampered for anything not sealed here, Gone after `shred`."""
        if sealed[:1] != _FORMAT or len(sealed) < 1 + _NONCE + 16:
            raise Tampered("not a sealed value")
        cipher = AESGCM(self._key(scope.key, scope.context, create=False))
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, self._associated(scope, place))
        except InvalidTag as error:
            raise Tampered(f"a value of {self._name} does not open in its place") from error

    def lookup(self, tenant: str, kind: str, value: str) -> str:
        """The keyed hash by which `value` of this `kind` is found: 128 bits in hex."""
        key = self._key(_lookup_key(tenant), {"tenant": tenant, "use": "lookup"}, create=True)
        digest = hmac.new(key, f"{kind}\x00{value}".encode(), hashlib.sha256)
        return digest.hexdigest()[:32]

    def needs(self, *scopes: Scope) -> Sequence[Key]:
        """Wrapped keys to fetch along with the data, so that a cold key costs no extra trip."""
        return [scope.key for scope in dict.fromkeys(scopes) if self._recall(scope.key) is None]

    def learn(self, scope: Scope, item: Item | None) -> None:
        """Unwrap a key that was fetched because `needs` asked for it; None is ignored."""
        if item is not None and self._recall(scope.key) is None:
            self._unwrap(item, scope.context)

    def tombstone(self, scope: Scope) -> Put:
        """The write that destroys a patient's key for ever; what it sealed never opens again.

        A tombstone stays, so that no later write quietly starts a second key. Processes forget
        their copy within KEPT_SECONDS. Raises ValueError for a tenant's key.
        """
        if not scope.patient:
            raise ValueError("a tenant's key is not shredded by this call")
        return Put(scope.key, {"shredded": True})

    def shred(self, scope: Scope) -> None:
        """Write the tombstone, and forget this process's copy of the key at once."""
        self._store.transact([self.tombstone(scope)])
        self.forget(scope)

    def forget(self, scope: Scope) -> None:
        """Drop this process's copy of a key whose tombstone was written."""
        with self._lock:
            self._kept.pop(scope.key, None)

    def _associated(self, scope: Scope, place: str) -> bytes:
        return "\x00".join((self._name, scope.tenant, scope.patient, place)).encode()

    def _key(self, key: Key, context: dict[str, str], *, create: bool) -> bytes:
        plain = self._recall(key)
        if plain is not None:
            return plain
        item = self._store.get(key)
        if item is not None:
            return self._unwrap(item, context)
        if not create:
            raise Gone("the key of this record does not exist")
        fresh = self._wrapper.generate(context)
        try:
            self._store.transact([Put(key, {"wrapped": fresh.wrapped}, when=ABSENT)])
        except ConditionFailed as failed:
            winner = failed.failures[0].found or self._store.get(key)
            if winner is None:
                raise
            return self._unwrap(winner, context)
        self._keep(key, fresh.plain)
        return fresh.plain

    def _unwrap(self, item: Item, context: dict[str, str]) -> bytes:
        if item.attributes.get("shredded"):
            raise Gone("this record was shredded")
        plain = self._wrapper.unwrap(item.blob("wrapped"), context)
        self._keep(item.key, plain)
        return plain

    def _recall(self, key: Key) -> bytes | None:
        now = self._seconds()
        with self._lock:
            # Kept for equally long, so the oldest come first: none outlives its time unused.
            while self._kept and next(iter(self._kept.values())).until <= now:
                self._kept.pop(next(iter(self._kept)))
            kept = self._kept.get(key)
        return kept.plain if kept else None

    def _keep(self, key: Key, plain: bytes) -> None:
        with self._lock:
            self._kept.pop(key, None)
            if len(self._kept) >= _KEPT_KEYS:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = _Kept(plain, self._seconds() + KEPT_SECONDS)
