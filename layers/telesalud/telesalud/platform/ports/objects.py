"""The port of an installation's own objects, which a process keeps on its disk."""

from pathlib import Path
from typing import Protocol


class Objects(Protocol):
    """Files of the installation, not of a tenant, each replaced whole."""

    def fetch(self, key: str, to: Path) -> None:
        """Write the object to a file. Raises OSError when it is not there or nobody answers."""

    def put(self, key: str, file: Path) -> None:
        """Store the file as the object, whole or not at all. Raises OSError."""
