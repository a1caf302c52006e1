"""What earlier releases stored opens, and keeps what later ones added to it."""

from schemas.identity import EVENTS
from telesalud.identity.stored import STORED
from tests.support import golden


def test_what_any_release_stored_opens() -> None:
    golden.check("identity", {**STORED, **EVENTS})
