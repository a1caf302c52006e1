"""A table or rule as a context declares it."""

import hashlib
from datetime import date
from importlib.resources import files as resources
from typing import Final, NamedTuple

from schemas.knowledge import Confirmer

_DATA: Final = (".csv", ".json")
_DIGITS: Final = 8


class Table(NamedTuple):
    """What is known, where it comes from, and whose eyes it needs."""

    id: str
    entered: str
    """The day on which it was last entered or changed, as ISO 8601 has it."""
    source: str
    """Publications and laws as they are cited anywhere; empty where it is all our own."""
    confirm: Confirmer
    files: tuple[str, ...]
    """Where it stands, below the context's folder; modules and data."""
    countries: tuple[str, ...] = ()
    own: bool = False
    """Whether part of it is the product's own judgement, selection or wording."""

    @property
    def entered_on(self) -> date:
        """The day on which it was last entered or changed."""
        return date.fromisoformat(self.entered)

    def version(self, package: str) -> str:
        """The day, and for data the beginning of its hash: no change goes unnoticed."""
        data = [name for name in self.files if name.endswith(_DATA)]
        if not data:
            return self.entered
        digest = hashlib.sha256()
        for name in data:
            digest.update(resources(package).joinpath(name).read_bytes())
        return f"{self.entered}-{digest.hexdigest()[:_DIGITS]}"
