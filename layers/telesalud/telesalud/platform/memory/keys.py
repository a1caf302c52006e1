"""A key wrapper without KMS that refuses, as KMS does, a key asked for under another context."""

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telesalud.platform.ports.keys import NewDataKey, Tampered


class MemoryWrapper:
    """A `telesalud.platform.vault.KeyWrapper`; counts its calls."""

    def __init__(self) -> None:
        self._master = AESGCM(AESGCM.generate_key(256))
        self.generated = 0
        self.unwrapped = 0

    def generate(self, context: dict[str, str]) -> NewDataKey:
        self.generated += 1
        plain, nonce = os.urandom(32), os.urandom(12)
        return NewDataKey(plain, nonce + self._master.encrypt(nonce, plain, _bytes(context)))

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        self.unwrapped += 1
        try:
            return self._master.decrypt(wrapped[:12], wrapped[12:], _bytes(context))
        except InvalidTag as error:
            raise Tampered("this data key was wrapped under another context") from error


def _bytes(context: dict[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()
