"""Items: what is kept. Medicines are products of the formulary, supplies are the institution's."""

from schemas.formulary import FormularyItem
from schemas.pharmacy import (
    ItemKind,
    StockItem,
    StockItemBody,
    StockItemPage,
    StockItemQuery,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.items import equivalence
from telesalud.pharmacy.policy import GRANTS, MANAGE, READ
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stored import StoredItem
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import ABSENT, ConditionFailed, Delete, Key, Put
from telesalud.platform.work import Call, Services, Work

_LOOKED_AT = 200
"""Items that a search looks at for one page."""


def put(
    services: PharmacyServices, call: Call, code: str, body: StockItemBody, version: int
) -> StockItem:
    """Write an item; `version` is 0 for a new one.

    Raises Forbidden, StaleVersion, Invalid for a medicine that the formulary does not have, and
    Conflict for a bar code of another item and for another unit than it is counted in.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant, key = call.caller.tenant, repository.item_key(call.caller.tenant, code)
    made = _item(code, body, services.neighbours.product(code) if _is_medicine(body) else None)
    refuse_unprintable(("/name", made.name), ("/unit", made.unit))
    found = services.store.get(key)
    if (found.version if found else 0) != version:
        raise StaleVersion
    old = repository.opened(services, tenant, found, StoredItem) if found else None
    if old is not None and (old.unit, old.kind) != (made.unit, made.kind):
        raise Conflict("its stock is counted in another unit: make an item of another code")
    work = Work(services, call)
    repository.put(work, key, made, version)
    _keep_gtins(work, old, made)
    _keep_family(work, old, made)
    work.audit("pharmacy.put_item", code, f"item/{code}")
    answer = made.view(version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(key):
            raise StaleVersion from failed
        raise Conflict("one of the bar codes belongs to another item") from failed
    return answer


def read(services: Services, call: Call, code: str) -> StockItem:
    """An item. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    found, version = repository.load(
        services, tenant, repository.item_key(tenant, code), StoredItem
    )
    return found.view(version)


def page(services: Services, call: Call, query: StockItemQuery) -> StockItemPage:
    """Items by code; with words, those that have all of them. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    tenant, words = call.caller.tenant, query.q.casefold().split()
    after, found = from_cursor(query.cursor), list[StockItem]()
    while True:
        items = services.store.query(f"ITEM#{tenant}", after=after, limit=_LOOKED_AT)
        for item in items.items:
            known = repository.opened(services, tenant, item, StoredItem)
            text = f"{known.code} {known.name}".casefold()
            if all(word in text for word in words):
                found.append(known.view(item.version))
            after = item.key.sk
            if len(found) == query.limit:
                return StockItemPage(items=tuple(found), cursor=to_cursor(after))
        if items.next_after is None:
            return StockItemPage(items=tuple(found))


def owner_of(services: Services, tenant: str, gtin: str) -> tuple[StockItem, int] | None:
    """Whose bar code it is, and how many units one such pack holds."""
    named = services.store.get(repository.gtin_key(tenant, gtin))
    if named is None:
        return None
    try:
        found, version = repository.load(
            services, tenant, repository.item_key(tenant, named.text("item")), StoredItem
        )
    except NotFound:
        return None
    units = next((pack.units for pack in found.packs if pack.gtin == gtin), 1)
    return found.view(version), units


def _is_medicine(body: StockItemBody) -> bool:
    return body.kind is ItemKind.MEDICINE


def _item(code: str, body: StockItemBody, product: FormularyItem | None) -> StoredItem:
    if body.kind is ItemKind.MEDICINE:
        if product is None:
            fault = FieldError("/code", "unknown", "the formulary has no product of this code")
            raise Invalid("a medicine is kept under its code of the formulary", [fault])
        name, unit = f"{product.name} {product.strength} {product.form}", product.unit
        controlled = product.controlled
    else:
        name, unit, controlled = body.name or "", body.unit or "", body.controlled
    return StoredItem(
        code=code,
        kind=body.kind,
        name=name[:200],
        unit=unit,
        packs=body.packs,
        controlled=controlled,
        active=body.active,
        product=product,
    )


def _keep_gtins(work: Work, old: StoredItem | None, made: StoredItem) -> None:
    """Each bar code belongs to one item."""
    tenant = work.call.caller.tenant
    before = {pack.gtin for pack in old.packs if pack.gtin} if old else set()
    now = {pack.gtin for pack in made.packs if pack.gtin}
    for gtin in sorted(now - before):
        work.add(Put(repository.gtin_key(tenant, gtin), {"item": made.code}, when=ABSENT))
    work.add(*(Delete(repository.gtin_key(tenant, gtin)) for gtin in sorted(before - now)))


def _keep_family(work: Work, old: StoredItem | None, made: StoredItem) -> None:
    """By which its equivalents are found."""
    tenant, keys = work.call.caller.tenant, list[Key]()
    for one in (old, made):
        if one is not None and one.product is not None:
            keys.append(equivalence.family_key(tenant, one.product, one.code))
    if old is not None and old.product is not None and len(set(keys)) > 1:
        work.add(Delete(keys[0]))
    if made.product is not None:
        repository.note(work, keys[-1])
