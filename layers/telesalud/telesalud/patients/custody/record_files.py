"""Everything that a patient's record holds, as files of JSON.

The walk is over what is stored, not over a list of known kinds: whatever a later feature keeps in
the chart is in the next export without anybody remembering to add it. Only what can be computed
from the rest (summary, trends, uploads under way) is left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from telesalud.patients.access.opening import chart_partition
from telesalud.patients.custody.stored import EncounterRange
from telesalud.patients.encounters.repository import encounter_partition
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.platform.ids import is_id
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import AT_ONCE, Item, every, together
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services

_DERIVED: Final = ("SUMMARY", "SET", "TREND", "UPLOAD", "BEGUN", "RESERVED")
_ENCOUNTER: Final = "ENCOUNTER"
_LISTED: Final = f"{_ENCOUNTER}#"
ENCOUNTERS: Final = 500
"""Encounters in a part: each is a read of its own, and a part has to be built in minutes."""

Json = Mapping[str, Any]


def record_files(
    services: Services, tenant: str, found: Found, *, whole: bool
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file but for those of encounters; what carries a label of
    sensitivity only in a `whole` copy. Raises Gone for a record that was shredded."""
    yield "patient.json", found.view.model_dump_json(indent=1).encode()
    merged = [repository.merged(services, tenant, one) for one in found.absorbed]
    if merged:
        texts = [one.view.model_dump(mode="json") for one in merged]
        yield "merged.json", _json(texts)
    for member in (found.id, *found.absorbed):
        yield from _chart_files(services, tenant, member, whole=whole)


def encounter_ranges(
    services: Services, tenant: str, found: Found
) -> tuple[tuple[EncounterRange, ...], ...]:
    """All encounters of the record, in stretches of at most ENCOUNTERS together."""
    parts: list[list[EncounterRange]] = [[]]
    room = ENCOUNTERS
    for member in (found.id, *found.absorbed):
        after: str | None = None
        keys = [i.key.sk for i in every(services.store, chart_partition(tenant, member), _LISTED)]
        while keys:
            if room == 0:
                parts.append([])
                room = ENCOUNTERS
            taken, keys = keys[:room], keys[room:]
            room -= len(taken)
            parts[-1].append(EncounterRange(patient=member, after=after, last=taken[-1]))
            after = taken[-1]
    return tuple(tuple(part) for part in parts)


def encounter_files(
    services: Services, tenant: str, ranges: Sequence[EncounterRange], *, whole: bool
) -> Iterator[tuple[str, bytes]]:
    """Path and content of the file of each encounter in these stretches."""
    for stretch in ranges:
        scope = Scope(tenant, stretch.patient)
        chart = chart_partition(tenant, stretch.patient)
        withheld = set() if whole else _withheld(services, scope, chart)
        listed = every(services.store, chart, _LISTED, after=stretch.after, until=stretch.last)
        ids = [
            _id({"key": item.key.sk})
            for item in listed
            if not withheld & set(item.key.sk.split("#"))
        ]
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            read = together([partial(_parts, services, tenant, one) for one in some])
            for encounter, parts in zip(some, read, strict=True):
                body = [_opened(services, scope, part) for part in parts]
                yield f"{stretch.patient}/encounters/{encounter}.json", _json(body)


def _parts(services: Services, tenant: str, encounter: str) -> list[Item]:
    return list(every(services.store, encounter_partition(tenant, encounter)))


def _withheld(services: Services, scope: Scope, chart: str) -> set[str]:
    """Ids of what carries a label of sensitivity now."""
    shown = [_opened(services, scope, item) for item in _kept(services, chart)]
    return {_id(one) for one in shown if _is_sensitive(one)}


def _kept(services: Services, chart: str) -> Iterator[Item]:
    """What a chart holds that cannot be computed from the rest."""
    return (i for i in every(services.store, chart) if _kind(i.key.sk) not in _DERIVED)


def _chart_files(
    services: Services, tenant: str, patient: str, *, whole: bool
) -> Iterator[tuple[str, bytes]]:
    scope = Scope(tenant, patient)
    kinds: dict[str, list[Json]] = {}
    kept = _kept(services, chart_partition(tenant, patient))
    if whole:
        kept = (item for item in kept if _kind(item.key.sk) != _ENCOUNTER)
    items = [_opened(services, scope, item) for item in kept]
    withheld = set() if whole else {_id(shown) for shown in items if _is_sensitive(shown)}
    for shown in items:
        kind = _kind(shown["key"])
        # Earlier versions, and lines about it, go with what carries a label now.
        if kind != _ENCOUNTER and not withheld & set(shown["key"].split("#")):
            kinds.setdefault(kind.lower(), []).append(shown)
    for kind, entries in kinds.items():
        yield f"{patient}/{kind}.json", _json(entries)
    for name, pk in (
        ("relations", f"CARE#{tenant}#{patient}"),
        ("accesses", f"AUDIT#{tenant}#{patient}"),
    ):
        yield (
            f"{patient}/{name}.json",
            _json([_opened(services, scope, i) for i in every(services.store, pk)]),
        )


def _is_sensitive(shown: Json) -> bool:
    return bool(shown.get("content", {}).get("sensitivity"))


def _id(shown: Json) -> str:
    """The id in a key: `ENTRY#problems#<id>`, `HISTORY#problems#<id>#<version>`, `…#<at>#<id>`."""
    key = str(shown["key"])
    return next((part for part in reversed(key.split("#")) if is_id(part)), key)


def _kind(sk: str) -> str:
    """`ENTRY#problems#…` is of kind `ENTRY-problems`, `DOCUMENT#…` of kind `DOCUMENT`."""
    first, _, rest = sk.partition("#")
    return f"{first}-{rest.partition('#')[0]}" if first in {"ENTRY", "HISTORY"} else first


def _opened(services: Services, scope: Scope, item: Item) -> Json:
    shown: dict[str, Any] = {"key": item.key.sk, "version": item.version}
    for name, value in item.attributes.items():
        if name == ATTRIBUTE:
            clear = services.vault.open(scope, place(item.key), item.blob(name))
            shown["content"] = json.loads(clear)
        elif not isinstance(value, bytes):
            shown[name] = value
    return shown


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
