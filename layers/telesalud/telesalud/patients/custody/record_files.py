"""Everything that a patient's record holds, as files of JSON.

The walk is over what is stored, not over a list of known kinds: whatever a later feature keeps in
the chart is in the next export without anybody remembering to add it. Only what can be computed
from the rest (summary, trends, uploads under way) is left out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from telesalud.patients.access.opening import chart_partition
from telesalud.patients.encounters.repository import encounter_partition
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.platform.ids import is_id
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import Item, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services

_DERIVED: Final = ("SUMMARY", "SET", "TREND", "UPLOAD", "BEGUN", "RESERVED")
_ENCOUNTER: Final = "ENCOUNTER"

Json = Mapping[str, Any]


def record_files(
    services: Services, tenant: str, found: Found, *, whole: bool
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file; what carries a label of sensitivity only in a `whole` copy.

    Raises Gone for a record that was shredded.
    """
    yield "patient.json", found.view.model_dump_json(indent=1).encode()
    merged = [repository.merged(services, tenant, one) for one in found.absorbed]
    if merged:
        texts = [one.view.model_dump(mode="json") for one in merged]
        yield "merged.json", _json(texts)
    for member in (found.id, *found.absorbed):
        yield from _chart_files(services, tenant, member, whole=whole)


def _chart_files(
    services: Services, tenant: str, patient: str, *, whole: bool
) -> Iterator[tuple[str, bytes]]:
    scope = Scope(tenant, patient)
    kinds: dict[str, list[Json]] = {}
    encounters: list[str] = []
    items = [
        _opened(services, scope, item)
        for item in every(services.store, chart_partition(tenant, patient))
        if _kind(item.key.sk) not in _DERIVED
    ]
    withheld = set() if whole else {_id(shown) for shown in items if _is_sensitive(shown)}
    for shown in items:
        kind = _kind(shown["key"])
        # Earlier versions, and lines about it, go with what carries a label now.
        if withheld & set(shown["key"].split("#")):
            continue
        if kind == _ENCOUNTER:
            encounters.append(_id(shown))
        else:
            kinds.setdefault(kind.lower(), []).append(shown)
    for kind, entries in kinds.items():
        yield f"{patient}/{kind}.json", _json(entries)
    for encounter in encounters:
        parts = every(services.store, encounter_partition(tenant, encounter))
        body = [_opened(services, scope, part) for part in parts]
        yield f"{patient}/encounters/{encounter}.json", _json(body)
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
