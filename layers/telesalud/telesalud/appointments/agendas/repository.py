"""Where sites, practitioners, categories and opening hours are kept, and how they are found."""

from schemas.agendas import Category, Practitioner, Site
from telesalud.appointments.agendas.stored import (
    OpeningHours,
    StoredCategory,
    StoredPractitioner,
    StoredSite,
)
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model
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
    stored = from_json(StoredSite, item.text(ATTRIBUTE))
    return stored.view(item.key.sk, item.version)


def category_of(item: Item) -> Category:
    """The category in its item."""
    stored = from_json(StoredCategory, item.text(ATTRIBUTE))
    return stored.view(item.key.sk, item.version)


def practitioner_of(vault: Vault, tenant: str, item: Item) -> Practitioner:
    """The practitioner in its item."""
    stored = open_model(vault, Scope(tenant), item, StoredPractitioner)
    return stored.view(item.key.sk, item.version)


def hours_of(vault: Vault, tenant: str, item: Item | None) -> OpeningHours:
    """The opening hours in their item; never open when there is none."""
    if item is None:
        return OpeningHours()
    return open_model(vault, Scope(tenant), item, OpeningHours)
