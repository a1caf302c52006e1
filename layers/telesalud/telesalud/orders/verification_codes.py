"""Verification codes: what is printed on a paper so that anybody who holds it can check it.

100 random bits as 20 characters of Crockford's base 32 in groups of five, without the letters
that are taken for digits. The store knows only a code's SHA-256: with that much entropy a hash
needs neither salt nor stretching, and reading the table gives nobody a paper.
"""

import hashlib
import re
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 20
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A fresh code, such as `7K2QD-…` (four groups of five)."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(drawn[i : i + 5] for i in range(0, _LENGTH, 5))


def normal(text: str) -> str | None:
    """The code's 20 characters whatever the case, spacing and misread letters; None if no code."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    return plain if len(plain) == _LENGTH and set(plain) <= set(_ALPHABET) else None


def digest(plain: str) -> str:
    """What the store knows a code by; `plain` is `normal`."""
    return hashlib.sha256(plain.encode()).hexdigest()
