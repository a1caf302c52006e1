"""Passwords: hashing with argon2id (RFC 9106) and the rules for new ones."""

import base64
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from telesalud.identity.policy import LEAST_GUESSES, SHORTEST_PASSWORD
from telesalud.platform.errors import FieldError, Invalid

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# argon2 and zxcvbn are imported where they are used: the authorizer and the token endpoint,
# which share this app, need neither.

_SALT, _DIGEST = 16, 32
_JUDGED = 24
"""Characters that zxcvbn looks at, at either end: its work grows with the square of the length, and
by the ways in which signs may stand for letters. A whole is no easier to guess than its part."""

COMMON_WORDS = (
    *("telesalud", "telemedicina", "telemedicine", "salud", "saude", "health", "hospital"),
    *("clinica", "centro", "medico", "medica", "medicina", "doctor", "doctora", "enfermera"),
    *("enfermeiro", "enfermeira", "enfermero", "paciente", "farmacia", "laboratorio", "urgencia"),
    *("consulta", "ministerio", "usuario", "administrador", "secretaria", "contraseña", "senha"),
    *("contrasena", "clave", "acceso", "sistema", "bienvenido", "bienvenida", "bemvindo"),
    *("argentina", "brasil", "bolivia", "chile", "colombia", "costarica", "cuba", "ecuador"),
    *("elsalvador", "guatemala", "honduras", "mexico", "nicaragua", "panama", "paraguay"),
    *("peru", "dominicana", "uruguay", "venezuela", "enero", "febrero", "marzo", "abril", "mayo"),
    *("junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "janeiro"),
    *("verano", "invierno", "primavera", "futbol", "familia", "teamo", "qwertyuiop"),
)
"""What people of this field choose first; zxcvbn's own dictionaries are English."""


def canonical(password: str) -> bytes:
    """The bytes that are hashed: NFKC, as NIST SP 800-63B §3.1.1.2 recommends, in UTF-8."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", errors="surrogatepass")


@dataclass
class Hasher:
    """argon2id with these parameters; `calls` counts its work, for tests of equal timing."""

    memory_kib: int
    passes: int
    lanes: int
    calls: int = field(default=0)

    @cached_property
    def decoy(self) -> str:
        """A hash that no password has, for verifying somebody who does not exist."""
        parts = (
            base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (_SALT, _DIGEST)
        )
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}$" + "$".join(
            parts
        )

    def hash(self, password: str) -> str:
        """A fresh hash in PHC string format."""
        self.calls += 1
        return self._argon2.hash(canonical(password))

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password is the one; an empty hash costs the same and never matches."""
        from argon2.exceptions import VerificationError  # noqa: PLC0415

        self.calls += 1
        try:
            return self._argon2.verify(hashed or self.decoy, canonical(password)) and bool(hashed)
        except VerificationError:
            return False

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than these."""
        return self._argon2.check_needs_rehash(hashed)

    @cached_property
    def _argon2(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # noqa: PLC0415

        return PasswordHasher(self.passes, self.memory_kib, self.lanes, _DIGEST, _SALT)


def check_new(
    password: str, hasher: Hasher, remembered: Sequence[str], context: Iterable[str]
) -> None:
    """Raise Invalid unless the password may be set.

    `remembered` are hashes of the user's last passwords; `context` are words that an attacker
    who knows the user would try first: their names and the institution's.
    """
    if len(unicodedata.normalize("NFKC", password)) < SHORTEST_PASSWORD:
        raise _refused("too_short", f"use at least {SHORTEST_PASSWORD} characters")
    if _guesses(password, context) < LEAST_GUESSES:
        raise _refused("too_easy", "this is easy to guess; four or five random words are not")
    if any(hasher.verify(hashed, password) for hashed in remembered):
        raise _refused("used_before", "choose a password that you have not used lately")


def _refused(code: str, detail: str) -> Invalid:
    return Invalid("choose another password", [FieldError("/new_password", code, detail)])


def _guesses(password: str, context: Iterable[str]) -> float:
    from zxcvbn import zxcvbn  # noqa: PLC0415

    words = [*COMMON_WORDS]
    for text in context:
        words += [text, *(part for part in text.replace("-", " ").split() if len(part) > 2)]
    text = unicodedata.normalize("NFKC", password)
    parts = {text[:_JUDGED], text[-_JUDGED:]}
    return max(float(zxcvbn(part, user_inputs=words)["guesses"]) for part in parts)
