"""Who may do what over FHIR, with channels, and in the triage inbox.

A machine has `interop.read` or `interop.write`. One whose token also names scopes of SMART
(`system/Observation.rs`) has only what these name: they narrow, they never widen.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from telesalud.platform.access import Caller, Grants, Role, require, require_person
from telesalud.platform.errors import Forbidden

READ: Final = "interop.read"
WRITE: Final = "interop.write"

LOOK: Final = "interop.read_external"
"""See in the chart what other systems wrote about a patient of one's own."""
ADOPT: Final = "interop.adopt"
"""Take it into the record, under one's own name."""

SEND_TRIAGE: Final = "interop.triage"
"""Pass on what citizens ask for; a machine's right."""
READ_TRIAGE: Final = "interop.read_triage"
"""See what citizens ask for, before anybody is in their care."""
WORK_TRIAGE: Final = "interop.work_triage"
"""Take requests, match them, book, refer, answer and close them."""
READ_MESSAGES: Final = "interop.read_messages"
"""See which messages came and what became of them, without their content."""
OPEN_MESSAGES: Final = "interop.open_messages"
"""See what messages say, try them on a channel, and have them take effect again."""
CHANNELS: Final = "interop.channels"
"""Register channels, and see how they do."""

_STAFF: Final = frozenset({READ_TRIAGE, WORK_TRIAGE, LOOK, ADOPT})

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({CHANNELS, READ_MESSAGES}),
    Role.PHYSICIAN: _STAFF,
    Role.NURSE: _STAFF,
    Role.LABORATORY: frozenset({READ_MESSAGES, OPEN_MESSAGES}),
}
"""People come to what other systems wrote of a patient by the chart, where the care relation
decides; a citizen's request is nobody's chart yet."""

_SMART: Final = re.compile(r"system/(\*|[A-Z][A-Za-z]+)\.(\*|read|write|(?=.)c?r?u?d?s?)", re.ASCII)
_V1: Final = {"read": "rs", "write": "cud", "*": "cruds"}


def demand(caller: Caller, interaction: str, *types: str) -> None:
    """Raise Forbidden unless the caller may do this with resources of all these types.

    `interaction` is a letter of SMART's: c create, r read, u update, d delete, s search.
    """
    require(caller, READ if interaction in "rs" else WRITE, GRANTS)
    for type_ in types:
        if not narrowed(caller, interaction, type_):
            raise Forbidden(
                f"the token has no scope for {type_}.{interaction}", right=f"{type_}.{interaction}"
            )


def demand_person(caller: Caller, right: str) -> None:
    """Raise Forbidden unless a person has the right; asked before the record is."""
    require_person(caller)
    require(caller, right, GRANTS)


def demand_relation(relations: Sequence[str]) -> None:
    """Raise Forbidden unless the record let the caller in to the patient."""
    if not relations:
        raise Forbidden(
            "you have no care relation with this patient; in an emergency break the glass",
            right="patients.care_relation",
        )


def allowed(caller: Caller, interaction: str, type_: str) -> bool:
    """Whether the caller may do this with resources of a type."""
    try:
        demand(caller, interaction, type_)
    except Forbidden:
        return False
    return True


def narrowed(caller: Caller, interaction: str, type_: str) -> bool:
    """Whether the SMART scopes of the token, if it has any, name this interaction."""
    named = [scope for scope in caller.scopes if scope.startswith("system/")]
    return not named or any(
        interaction in letters and scoped in ("*", type_) for scoped, letters in map(_read, named)
    )


@cache
def _read(scope: str) -> tuple[str, str]:
    match = _SMART.fullmatch(scope)
    if match is None:
        return "", ""
    return match[1], _V1.get(match[2], match[2])
