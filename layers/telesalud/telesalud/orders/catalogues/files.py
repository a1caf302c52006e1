"""Reading catalogue files: the whole file is right, or nothing of it is taken.

A JSON file that was cut does not parse; a CSV file ends with a row `END,<number of rows>`, so a
cut one is noticed wherever the cut is.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import ValidationError

from schemas.common import Contract
from schemas.formulary import (
    CatalogueImport,
    CatalogueKind,
    FormularyItem,
    ImportFormat,
    Interaction,
    OrderSet,
)
from telesalud.platform.errors import FieldError, Invalid

MODELS: Mapping[CatalogueKind, type[Contract]] = {
    CatalogueKind.FORMULARY: FormularyItem,
    CatalogueKind.INTERACTIONS: Interaction,
    CatalogueKind.ORDER_SETS: OrderSet,
}
MAX_ITEMS = 300_000
_MOST_FAULTS = 50
_LISTS = frozenset({"substances", "routes"})
_FLAGS = frozenset({"controlled"})
_NUMBERS = frozenset(
    {
        "max_single",
        "max_daily",
        "max_single_per_kg",
        "max_daily_per_kg",
        "min_age_months",
    }
)
_OPTIONAL = frozenset(
    {"schedule", "limit_unit", "pregnancy", "lactation", "kidney", "liver", "source"}
)
_SENTENCES = frozenset({"es", "pt", "en"})
"""Empty cells of these columns, and of numbers, say nothing."""
_BOOLEANS = {"true": True, "false": False}
_END = "END"


def read(kind: CatalogueKind, given: CatalogueImport) -> tuple[Contract, ...]:
    """The file's items. Raises Invalid that names up to 50 faults by item."""
    text = given.content.removeprefix("\ufeff")
    raw = _json(text) if given.format is ImportFormat.JSON else _csv(kind, text)
    if not 0 < len(raw) <= MAX_ITEMS:
        raise _refusal("items", f"a catalogue has 1 to {MAX_ITEMS} items")
    items, faults = _validated(MODELS[kind], raw)
    faults = faults or list(_RULES[kind](items))
    if faults:
        raise Invalid("the file has faults; nothing was imported", faults[:_MOST_FAULTS])
    return items


def canonical(items: Iterable[Contract]) -> bytes:
    """The items as JSON, the same bytes for the same items."""
    listed = [item.model_dump(mode="json", exclude_none=True) for item in items]
    return json.dumps(
        {"items": listed}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _json(text: str) -> Sequence[object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _refusal("json", "the file is not complete JSON") from None
    if not isinstance(document, dict) or set(document) != {"items"}:
        raise _refusal("json", 'the file is {"items": [...]}')
    items = document["items"]
    if not isinstance(items, list):
        raise _refusal("json", "items is a list")
    return items


def _csv(kind: CatalogueKind, text: str) -> Sequence[object]:
    if kind is CatalogueKind.ORDER_SETS:
        raise _refusal("csv", "order sets come as JSON")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        raise _refusal("csv", "the file is not CSV with comma and double quotes") from None
    if len(rows) < 2 or rows[-1] != [_END, str(len(rows) - 2)]:
        raise _refusal("csv", "the last row is END and the number of rows: the file was cut")
    header, body = rows[0], rows[1:-1]
    if len(set(header)) != len(header):
        raise _refusal("csv", "a column occurs twice")
    for number, row in enumerate(body):
        if len(row) != len(header):
            raise _refusal(f"items/{number}", f"the row has {len(row)} cells, not {len(header)}")
    return [
        {name: _cell(name, text) for name, text in zip(header, row, strict=True)} for row in body
    ]


def _cell(name: str, text: str) -> object:
    if name in _LISTS:
        return [part.strip() for part in text.split("|")]
    if not text.strip() and name in _NUMBERS | _OPTIONAL | _SENTENCES:
        return None
    if name in _NUMBERS:
        return _number(text)
    return _BOOLEANS.get(text.strip().lower(), text) if name in _FLAGS else text


def _number(text: str) -> float | int | str:
    """The number, or the text for the model to refuse."""
    try:
        return int(text) if text.strip().isdecimal() else float(text)
    except ValueError:
        return text


def _validated(
    model: type[Contract], raw: Sequence[object]
) -> tuple[tuple[Contract, ...], list[FieldError]]:
    items: list[Contract] = []
    faults: list[FieldError] = []
    for number, one in enumerate(raw):
        try:
            items.append(model.model_validate_json(json.dumps(one)))
        except ValidationError as error:
            faults += [
                FieldError(
                    "/".join(("/content/items", str(number), *(str(p) for p in fault["loc"]))),
                    fault["type"],
                    fault["msg"],
                )
                for fault in error.errors(include_input=False, include_url=False)
            ]
        if len(faults) >= _MOST_FAULTS:
            break
    return tuple(items), faults


def _unique_codes(items: Sequence[Contract]) -> Iterable[FieldError]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        code = str(getattr(item, "code", ""))
        if code in seen:
            yield FieldError(f"/content/items/{number}/code", "duplicate", "the code occurs twice")
        seen.add(code)


def _sound_interactions(items: Sequence[Contract]) -> Iterable[FieldError]:
    seen: set[frozenset[str]] = set()
    for number, item in enumerate(items):
        if not isinstance(item, Interaction):
            continue
        pair = frozenset((item.first, item.second))
        if pair in seen:
            yield FieldError(f"/content/items/{number}", "duplicate", "the pair occurs twice")
        seen.add(pair)


def _sound_sets(items: Sequence[Contract]) -> Iterable[FieldError]:
    yield from _unique_codes(items)
    for number, item in enumerate(items):
        for place, test in enumerate(item.tests if isinstance(item, OrderSet) else ()):
            if test.loinc is not None and not valid_loinc(test.loinc):
                where = f"/content/items/{number}/tests/{place}/loinc"
                yield FieldError(where, "loinc", "the check digit does not agree")


def valid_loinc(code: str) -> bool:
    """Whether the check digit agrees (LOINC Users' Guide, appendix on Mod 10: the Luhn formula)."""
    from stdnum import luhn  # noqa: PLC0415  # only where codes are typed in

    return bool(luhn.is_valid(code.replace("-", "")))


_RULES: Mapping[CatalogueKind, Callable[[Sequence[Contract]], Iterable[FieldError]]] = {
    CatalogueKind.FORMULARY: _unique_codes,
    CatalogueKind.INTERACTIONS: _sound_interactions,
    CatalogueKind.ORDER_SETS: _sound_sets,
}


def _refusal(where: str, detail: str) -> Invalid:
    return Invalid(
        "the file was refused as a whole", [FieldError(f"/content/{where}", "file", detail)]
    )
