"""What a clinician prescribes and orders again and again: one list each, which nobody else reads.

    FAVOURITES#<t> / <user>    the list; it names no patient

A favourite is put into a draft by the site and is checked there like anything that was typed.
"""

from schemas.favourites import Favourites, FavouritesBody, ShownLine
from schemas.formulary import CatalogueKind
from telesalud.orders.catalogues.releases import Catalogues, pointer_key
from telesalud.orders.policy import DRAFT, GRANTS
from telesalud.orders.stored import StoredFavourites
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, from_json, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work


def read(services: Services, catalogues: Catalogues, call: Call) -> Favourites:
    """The caller's list; empty with version 0 before the first time. Raises Forbidden."""
    require(call.caller, DRAFT, GRANTS)
    require_person(call.caller)
    key = _key(call)
    pointer = pointer_key(call.caller.tenant, CatalogueKind.FORMULARY)
    found = services.store.get_many([key, pointer])
    item = found.get(key)
    stored = from_json(StoredFavourites, item.text(ATTRIBUTE)) if item else StoredFavourites()
    version = item.version if item else 0
    return _shown(catalogues, call, stored, found.get(pointer), version)


def write(
    services: Services, catalogues: Catalogues, call: Call, body: FavouritesBody, version: int
) -> Favourites:
    """Replace the caller's list. Raises Forbidden, StaleVersion."""
    require(call.caller, DRAFT, GRANTS)
    require_person(call.caller)
    stored = StoredFavourites(lines=body.lines, orders=body.orders)
    when = at_version(version) if version else ABSENT
    work = Work(services, call)
    work.add(Put(_key(call), {ATTRIBUTE: to_json(stored)}, when=when))
    user = call.caller.subject
    work.audit("orders.write_favourites", user, f"favourites/{user}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    pointer = services.store.get(pointer_key(call.caller.tenant, CatalogueKind.FORMULARY))
    return _shown(catalogues, call, stored, pointer, version + 1)


def _shown(
    catalogues: Catalogues,
    call: Call,
    stored: StoredFavourites,
    pointer: Item | None,
    version: int,
) -> Favourites:
    products = catalogues.formulary(call.caller.tenant, pointer).items if pointer else {}
    return Favourites(
        lines=tuple(
            ShownLine(name=one.name, product=products.get(one.line.item), **dict(one.line))
            for one in stored.lines
        ),
        orders=stored.orders,
        version=version,
    )


def _key(call: Call) -> Key:
    return Key(f"FAVOURITES#{call.caller.tenant}", call.caller.subject)
