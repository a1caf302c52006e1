"""Opaque cursors: a page's last sort key, encoded so that nobody builds on its shape."""

import base64
import binascii

from telesalud.platform.errors import FieldError, Invalid


def to_cursor(after: str | None) -> str | None:
    """The cursor for `Page.next_after`, or None at the end."""
    return base64.urlsafe_b64encode(after.encode()).decode().rstrip("=") if after else None


def from_cursor(cursor: str | None) -> str | None:
    """The sort key to go on after. Raises Invalid for a cursor that no page returned."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        after = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        after = ""
    if not after:
        fault = FieldError("/query/cursor", "cursor", "pass the cursor of the last page unchanged")
        raise Invalid("the cursor is not one of ours", [fault])
    return after
