"""What of a record speaks against vaccines: pregnancy, immunosuppression, allergies, reactions."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.clinical_events import Criticality
from schemas.summary import ActiveEntry
from telesalud.patients.chart.stored import StoredImmunization
from telesalud.patients.immunization.persons import Bar
from telesalud.patients.immunization.schedules import PREFIX, vaccines


def of_pregnancy() -> Bar:
    """Live vaccines wait until after a pregnancy."""
    return Bar("pregnant", None, "", live=True)


def of_problems(problems: Sequence[ActiveEntry]) -> Iterator[Bar]:
    """Problems that weaken the defence, by their ICD-11 codes."""
    prefixes = tuple(_data()["immunosuppression"]["problems"])
    for one in problems:
        if any(code.startswith(prefixes) for code in one.codes):
            yield Bar("immunosuppressed", one.id, one.text, live=True)


def of_medicines(medicines: Sequence[ActiveEntry]) -> Iterator[Bar]:
    """Medicines that weaken the defence."""
    prefixes = tuple(_data()["immunosuppression"]["medicines"])
    for one in medicines:
        if any(code.startswith(prefixes) for code in one.codes):
            yield Bar("immunosuppressed", one.id, one.text, live=True)


def of_allergies(allergies: Sequence[ActiveEntry]) -> Iterator[Bar]:
    """Allergies to what vaccines contain, unless they are known to be harmless."""
    for one in allergies:
        if one.none_known or one.criticality == Criticality.LOW:
            continue
        antigens = {
            antigen
            for row in _data()["allergies"]
            if set(row["codes"]) & set(one.codes)
            for antigen in row["antigens"]
        }
        if antigens:
            yield Bar("allergy", one.id, one.text, frozenset(antigens))


def of_reactions(entries: Sequence[StoredImmunization]) -> Iterator[Bar]:
    """Serious reactions to earlier doses: whoever gives the next one has to know."""
    for one in entries:
        if one.reaction is None or not one.reaction.serious:
            continue
        codes = {code.removeprefix(PREFIX) for code in one.codes if code.startswith(PREFIX)}
        known = [vaccines()[code].antigens for code in codes if code in vaccines()]
        if known:
            yield Bar("reaction", one.id, one.reaction.text, frozenset().union(*known))


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "bars.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
