"""Catalogues in use: immutable releases in the blob store, a pointer to each in the table.

A release is named by its content's hash, so a process that has read it keeps it for good and only
the pointer is read again, together with whatever else a use case reads: a check against the
formulary costs no round trip of its own.
"""

import hashlib
import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.formulary import (
    Catalogue,
    CatalogueImport,
    CatalogueKind,
    FormularyItem,
    FormularyPage,
    FormularySearch,
    Interaction,
    InteractionSeverity,
    OrderSet,
    OrderSetList,
)
from telesalud.orders.catalogues import files
from telesalud.orders.errors import NoCatalogue
from telesalud.orders.medicines.agents import canonical
from telesalud.orders.medicines.facts import LANGUAGES, facts
from telesalud.orders.medicines.parts import OwnRow, pair_key
from telesalud.orders.medicines.words import fold
from telesalud.orders.policy import GRANTS, MANAGE, SEARCH
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.ports.blobs import Area, BlobKey, Blobs
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, Value, at_version
from telesalud.platform.work import Call, Services, Work

_KEPT = 24
"""Releases a process keeps: a few tenants' worth; a formulary of 5,000 products takes 10 MB."""
_OWNER = "catalogues"


@dataclass(frozen=True)
class Formulary:
    """What may be prescribed."""

    items: Mapping[str, FormularyItem] = field(default_factory=dict)
    """By national code."""
    substances: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of whole ATC codes, combinations included, as this institution has them."""
    atc_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ATC codes of single substances."""
    index: Sequence[tuple[str, str, FormularyItem]] = ()
    """(sort key, folded words, item)."""
    release: str = ""

    @classmethod
    def of(cls, items: Sequence[FormularyItem], release: str = "") -> "Formulary":
        substances: dict[str, frozenset[str]] = {}
        atc_of: dict[str, set[str]] = defaultdict(set)
        for item in items:
            names = frozenset(map(canonical, item.substances))
            known = substances.get(item.atc)
            # Several combinations may share a code: what all of them have is certain.
            substances[item.atc] = names if known is None else known & names or known
            if len(names) == 1:
                atc_of[next(iter(names))].add(item.atc)
        index = sorted((f"{fold(i.name)}\x00{i.code}", _words(i), i) for i in items)
        singles = {name: frozenset(codes) for name, codes in atc_of.items()}
        return cls({i.code: i for i in items}, substances, singles, index, release)


def _words(item: FormularyItem) -> str:
    """What a product is found by: its own words, and what people call its substances."""
    known = facts().substances
    names = [
        name
        for each in map(canonical, item.substances)
        if each in known
        for name in (*known[each].names.values(), *known[each].synonyms)
    ]
    own = fold(f"{item.name} {item.code} {item.atc}").split()
    return " ".join(("", *own, *fold(" ".join((*item.substances, *names))).split()))


@dataclass(frozen=True)
class Interactions:
    """What should not meet by the institution's own table, kept small: tables have a quarter of a
    million rows, which share few sentences."""

    agents: frozenset[str] = frozenset()
    by_pair: Mapping[str, OwnRow] = field(default_factory=dict)
    """By both agents, as `pair_key` writes them."""
    release: str = ""

    @classmethod
    def of(cls, items: Iterable[Interaction]) -> "Interactions":
        return cls.from_rows(item.model_dump(mode="json") for item in items)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Mapping[str, str | None]], release: str = ""
    ) -> "Interactions":
        """The rows of a release; they were validated when they were imported."""
        agents: dict[str, str] = {}
        said: dict[OwnRow, OwnRow] = {}
        by_pair: dict[str, OwnRow] = {}
        for raw in rows:
            row = OwnRow(
                InteractionSeverity(str(raw["severity"])),
                *(raw.get(each) or "" for each in (*LANGUAGES, "source")),
            )
            first, second = (
                agents.get(name) or agents.setdefault(name, _agent(name))
                for name in (str(raw["first"]), str(raw["second"]))
            )
            by_pair[pair_key(first, second)] = said.setdefault(row, row)
        return cls(frozenset(agents.values()), by_pair, release)


def _agent(agent: str) -> str:
    kind, _, value = agent.partition(":")
    return f"substance:{canonical(value)}" if kind == "substance" else agent


OrderSets = Mapping[str, OrderSet]
Parsed = Formulary | Interactions | OrderSets


@dataclass
class Catalogues:
    """The releases that this process has read."""

    blobs: Blobs
    kept: OrderedDict[tuple[str, str, str], Parsed] = field(default_factory=OrderedDict)

    def take(self, tenant: str, kind: CatalogueKind, pointer: Item) -> Parsed:
        """The release that the pointer names."""
        name = (tenant, kind.value, pointer.text("release"))
        if name not in self.kept:
            body = self.blobs.read(Area.CLEAN, _blob(tenant, kind, name[2]))
            self.kept[name] = parse(kind, json.loads(body)["items"], name[2])
            while len(self.kept) > _KEPT:
                self.kept.popitem(last=False)
        self.kept.move_to_end(name)
        return self.kept[name]

    def formulary(self, tenant: str, pointer: Item | None) -> Formulary:
        """The formulary. Raises NoCatalogue when none was imported."""
        if pointer is None:
            raise NoCatalogue("this institution has no formulary yet; import one")
        found = self.take(tenant, CatalogueKind.FORMULARY, pointer)
        assert isinstance(found, Formulary)
        return found

    def interactions(self, tenant: str, pointer: Item | None) -> Interactions:
        """The institution's own interactions, none when none were imported: ours count always."""
        if pointer is None:
            return Interactions()
        found = self.take(tenant, CatalogueKind.INTERACTIONS, pointer)
        assert isinstance(found, Interactions)
        return found

    def order_sets(self, tenant: str, pointer: Item | None) -> OrderSets:
        """The order sets by code; none when none were imported."""
        if pointer is None:
            return {}
        found = self.take(tenant, CatalogueKind.ORDER_SETS, pointer)
        assert isinstance(found, Mapping)
        return found


def pointer_key(tenant: str, kind: CatalogueKind) -> Key:
    """Where it says which release is in use."""
    return Key(f"CATALOGUE#{tenant}", kind.value)


def put(
    services: Services,
    catalogues: Catalogues,
    call: Call,
    *,
    kind: CatalogueKind,
    given: CatalogueImport,
    version: int,
) -> Catalogue:
    """Replace a catalogue (version 0: the first). Raises Invalid for the whole file, StaleVersion.

    The release is stored before the pointer moves; a crash between leaves the old one in use.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    items = files.read(kind, given)
    body = files.canonical(items)
    sha256 = hashlib.sha256(body).hexdigest()
    catalogues.blobs.put(_blob(tenant, kind, sha256), "application/json", body)
    answer = Catalogue(
        kind=kind,
        items=len(items),
        sha256=sha256,
        imported_at=services.clock(),
        imported_by=call.caller.subject,
        version=version + 1,
    )
    key = pointer_key(tenant, kind)
    pointer: dict[str, Value] = {
        "release": sha256,
        "items": len(items),
        "at": to_text(answer.imported_at),
        "by": answer.imported_by,
    }
    work = Work(services, call)
    work.add(Put(key, pointer, when=at_version(version) if version else ABSENT))
    work.audit("orders.import_catalogue", call.caller.subject, f"catalogue/{kind.value}")
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def show(services: Services, call: Call, kind: CatalogueKind) -> Catalogue:
    """What is in use. Raises NotFound."""
    require(call.caller, SEARCH, GRANTS)
    pointer = services.store.get(pointer_key(call.caller.tenant, kind))
    if pointer is None:
        raise NotFound("none was imported yet")
    at: datetime = from_text(pointer.text("at"))
    return Catalogue(
        kind=kind,
        items=pointer.number("items"),
        sha256=pointer.text("release"),
        imported_at=at,
        imported_by=pointer.text("by"),
        version=pointer.version,
    )


def search(
    services: Services, catalogues: Catalogues, call: Call, query: FormularySearch
) -> FormularyPage:
    """Products all of whose words begin as asked, by name. Raises NoCatalogue."""
    require(call.caller, SEARCH, GRANTS)
    tenant = call.caller.tenant
    pointer = services.store.get(pointer_key(tenant, CatalogueKind.FORMULARY))
    formulary = catalogues.formulary(tenant, pointer)
    after = from_cursor(query.cursor) or ""
    words = [f" {word}" for word in fold(query.q).split()]
    found = [
        (key, item)
        for key, text, item in formulary.index
        if key > after and all(word in text for word in words)
    ][: query.limit + 1]
    shown = found[: query.limit]
    return FormularyPage(
        items=tuple(item for _, item in shown),
        cursor=to_cursor(shown[-1][0]) if len(found) > len(shown) else None,
    )


def list_order_sets(services: Services, catalogues: Catalogues, call: Call) -> OrderSetList:
    """Every order set, by name."""
    require(call.caller, SEARCH, GRANTS)
    tenant = call.caller.tenant
    pointer = services.store.get(pointer_key(tenant, CatalogueKind.ORDER_SETS))
    sets = catalogues.order_sets(tenant, pointer)
    return OrderSetList(items=tuple(sorted(sets.values(), key=lambda s: fold(s.name))))


def _blob(tenant: str, kind: CatalogueKind, release: str) -> BlobKey:
    return BlobKey(tenant, _OWNER, f"{kind.value}-{release[:40]}")


def parse(kind: CatalogueKind, raw: Sequence[Mapping[str, Any]], release: str) -> Parsed:
    """A release as its items say it."""
    if kind is CatalogueKind.INTERACTIONS:
        return Interactions.from_rows(raw, release)
    model = files.MODELS[kind]
    items = [model.model_validate_json(json.dumps(one)) for one in raw]
    if kind is CatalogueKind.FORMULARY:
        return Formulary.of([i for i in items if isinstance(i, FormularyItem)], release)
    return {i.code: i for i in items if isinstance(i, OrderSet)}
