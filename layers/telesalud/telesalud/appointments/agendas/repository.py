"""Where sites, practitioners, categories and opening hours are kept, and how they are found."""

from schemas.agendas import (
    AvailabilityBody,
    Category,
    CategoryBody,
    Practitioner,
    PractitionerBody,
    Site,
    SiteBody,
)
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope, Vault


def site_key(tenant: str, site: str) -> Key:
    """Where a site is."""
    return Key(f"SITES#{tenant}", site)


def practitioner_key(tenant: str, practitioner: str) -> Key:
    """Where a practitioner is."""
    return Key(f"PRACTITIONERS#{tenant}", practitioner)


def category_key(tenant: str, code: str) -> Key:
    """Where a category is."""
    return Key(f"CATEGORIES#{tenant}", code)


def hours_key(tenant: str, practitioner: str) -> Key:
    """Where a practitioner's opening hours are."""
    return Key(f"HOURS#{tenant}", practitioner)


def site_of(item: Item) -> Site:
    """The site in its item."""
    body = SiteBody.model_validate_json(item.text(ATTRIBUTE))
    return Site(id=item.key.sk, version=item.version, **body.model_dump())


def category_of(item: Item) -> Category:
    """The category in its item."""
    body = CategoryBody.model_validate_json(item.text(ATTRIBUTE))
    return Category(code=item.key.sk, version=item.version, **body.model_dump())


def practitioner_of(vault: Vault, tenant: str, item: Item) -> Practitioner:
    """The practitioner in its item."""
    body = open_model(vault, Scope(tenant), item, PractitionerBody)
    return Practitioner(id=item.key.sk, version=item.version, **body.model_dump())


def hours_of(vault: Vault, tenant: str, item: Item | None) -> AvailabilityBody:
    """The opening hours in their item; never open when there is none."""
    if item is None:
        return AvailabilityBody()
    return open_model(vault, Scope(tenant), item, AvailabilityBody)
