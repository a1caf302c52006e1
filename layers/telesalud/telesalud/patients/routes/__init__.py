"""HTTP operations of the record by group; each module registers its own on the app's edge."""

import re
from typing import Final

from telesalud.platform.edge import Request
from telesalud.platform.errors import NotFound

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def id_in(request: Request, name: str) -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value
