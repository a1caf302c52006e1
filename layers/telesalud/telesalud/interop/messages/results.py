"""ORU: results of a laboratory, as the orders context takes them.

Each OBR names our order in OBR-2 (placer order number). Results of one order that a message spreads
over several OBR are one result.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from schemas.orders import Comparator, Flag, NewObservation, NewResult, Order, ResultStatus
from telesalud.interop.v2.errors import (
    Missing,
    NotInTable,
    UnknownKey,
    WrongValue,
)
from telesalud.interop.v2.message import Message, Segment
from telesalud.interop.v2.times import time
from telesalud.platform.ids import is_id

_STATUS: Final = {
    "P": ResultStatus.PRELIMINARY,
    "R": ResultStatus.PRELIMINARY,
    "A": ResultStatus.PRELIMINARY,
    "F": ResultStatus.FINAL,
    "C": ResultStatus.CORRECTED,
}
"""HL7 table 0123, of what has values."""
_TAKEN: Final = frozenset({"F", "P", "R", "C", "S", "U"})
_LEFT_OUT: Final = frozenset({"D", "W", "X", "N", "O", "I"})
"""HL7 table 0085: deleted, of the wrong patient, cancelled, or not there yet."""
_RANGE: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_FLAGS: Final = {"A": Flag.ABNORMAL, "AA": Flag.CRITICAL, "N": Flag.NORMAL}
_LOINC: Final = re.compile(r"\d{1,7}-\d")
_TEXTS: Final = frozenset({"ST", "TX", "FT", "CE", "CWE", "CNE", "IS", "ID"})
CORRECTED: Final = "Corregido por el laboratorio"


class Reported(NamedTuple):
    """A result for an order."""

    order: str
    location: str
    """Path of the order's number."""
    result: NewResult


def reported(message: Message) -> tuple[Reported, ...]:
    """The results of a message, by order. Raises Rejected with the path of what is wrong."""
    found: dict[str, tuple[str, list[Segment], list[tuple[int, Segment]], list[str]]] = {}
    number = 0
    for count, group in enumerate(message.groups("OBR"), start=1):
        order, location = group[0].value(2, 1).strip().lower(), f"OBR[{count}]-2"
        if not is_id(order):
            raise UnknownKey("this is no order number of ours", location)
        _, headers, values, notes = found.setdefault(order, (location, [], [], []))
        headers.append(group[0])
        for segment in group[1:]:
            if segment.name == "OBX":
                number += 1
                values.append((number, segment))
            elif segment.name == "NTE":
                notes.append(segment.value(3))
    return tuple(
        Reported(order, location, _result(headers, values, notes, location))
        for order, (location, headers, values, notes) in found.items()
    )


def check_patient(message: Message, order: Order, location: str) -> None:
    """Refuse a result whose patient was born on another day than the order's. Raises UnknownKey."""
    born = message.get("PID-7.1")
    if not born or order.patient_label.birth_date_estimated:
        return
    said = time(born, UTC, "PID-7")
    if said.precision in ("year", "month"):
        return
    if said.day != order.patient_label.birth_date:
        raise UnknownKey("the order is another patient's", location)


def _result(
    headers: Sequence[Segment],
    values: Sequence[tuple[int, Segment]],
    notes: Sequence[str],
    location: str,
) -> NewResult:
    observations = [each for number, obx in values for each in _observation(number, obx)]
    if not observations:
        raise Missing("a result has at least one value", location.replace("OBR", "OBX"))
    statuses = {_status(each, values, location) for each in headers}
    status = (
        ResultStatus.CORRECTED
        if ResultStatus.CORRECTED in statuses
        else ResultStatus.PRELIMINARY
        if ResultStatus.PRELIMINARY in statuses
        else ResultStatus.FINAL
    )
    said = "\n".join(note for note in notes if note)
    try:
        return NewResult(
            status=status,
            observations=tuple(observations),
            conclusion=said or None,
            correction_reason=CORRECTED if status is ResultStatus.CORRECTED else None,
        )
    except ValidationError:
        raise WrongValue("the result is longer than one may be", location) from None


def _status(header: Segment, values: Sequence[tuple[int, Segment]], location: str) -> ResultStatus:
    """Of OBR-25; where nothing is said there, of the values."""
    code = header.value(25, 1).upper()
    if not code:
        said = {obx.value(11).upper() for _, obx in values}
        code = "C" if "C" in said else "P" if said & {"P", "R", "S"} else "F"
    if code not in _STATUS:
        raise NotInTable("this status has no result", location.replace("-2", "-25"))
    return _STATUS[code]


def _observation(number: int, obx: Segment) -> Iterator[NewObservation]:
    """The value of an OBX; none of one that was taken back."""
    place = f"OBX[{number}]"
    status = obx.value(11).upper()
    if not status:  # HL7 requires it; without, nobody can tell a value that was cut off
        raise Missing("a value has a status", f"{place}-11")
    if status in _LEFT_OUT:
        return
    if status not in _TAKEN:
        raise NotInTable("this status of a value is not known", f"{place}-11")
    fields: dict[str, Any] = {
        "display": obx.value(3, 2) or obx.value(3, 5) or obx.value(3, 1),
        "loinc": _loinc(obx),
        **_limits(obx),
        **_value(obx, place),
    }
    if not fields["display"]:
        raise Missing("a value has a name", f"{place}-3")
    try:
        yield NewObservation(**fields)
    except ValidationError:
        raise WrongValue("the value cannot be kept as it is", f"{place}-5") from None


def _loinc(obx: Segment) -> str | None:
    for code, system in ((1, 3), (4, 6)):
        if obx.value(3, system).upper() in ("LN", "LOINC") and _LOINC.fullmatch(obx.value(3, code)):
            return obx.value(3, code)
    return None


def _value(obx: Segment, place: str) -> dict[str, object]:
    kind = obx.value(2).upper()
    unit = obx.value(6, 1) or "1"
    if kind == "NM":
        return {"value": _number(obx.value(5), place), "unit": unit}
    if kind == "SN":
        sign, first, between = obx.value(5, 1), obx.value(5, 2), obx.value(5, 3)
        if between:
            return {"text": "".join(obx.value(5, n) for n in range(1, 5))}
        known = {each.value: each for each in Comparator}
        if sign not in ("", "=") and sign not in known:
            raise NotInTable("this comparator is not known", f"{place}-5.1")
        return {"value": _number(first, place), "comparator": known.get(sign), "unit": unit}
    if kind not in _TEXTS:
        raise NotInTable("values of this type are not taken", f"{place}-2")
    coded = kind in ("CE", "CWE", "CNE")
    texts = [
        (obx.value(5, 2, repetition=n) or obx.value(5, 1, repetition=n))
        if coded
        else obx.value(5, repetition=n)
        for n in range(1, len(obx.repetitions(5)) + 1)
    ]
    text = "\n".join(each for each in texts if each)
    if not text:
        raise Missing("a value is empty", f"{place}-5")
    return {"text": text, "flag": _FLAGS.get(obx.value(8).upper())}


def _number(text: str, place: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise WrongValue("not a number", f"{place}-5")
    return float(text)


def _limits(obx: Segment) -> dict[str, float]:
    match = _RANGE.fullmatch(obx.value(7))
    if match is None or obx.value(2).upper() not in ("NM", "SN"):
        return {}
    low, high = float(match[1]), float(match[2])
    return {"low": low, "high": high} if low <= high else {}
