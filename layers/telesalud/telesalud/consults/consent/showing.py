"""Which text a patient is shown: the institution's own where there is one, else the product's."""

from collections.abc import Mapping
from typing import Final

from schemas.consents import ConsentText
from schemas.consults import Clinic
from telesalud.consults.consent.stored import StoredOwnText, StoredPolicy, own_key, policy_key
from telesalud.consults.consent.texts import Speaker, shipped
from telesalud.consults.tenant_settings import settings_key, settings_of
from telesalud.platform.sealed import from_json
from telesalud.platform.store import Item, Key

LANGUAGES: Final = ("es", "pt", "en")


def keys_of(tenant: str) -> list[Key]:
    """What has to be read to know what is shown, in any language."""
    return [settings_key(tenant), policy_key(tenant), *(own_key(tenant, one) for one in LANGUAGES)]


def policy_of(item: Item | None) -> StoredPolicy:
    """What the institution says of itself; nothing before it did."""
    return StoredPolicy() if item is None else from_json(StoredPolicy, item.text("policy"))


def own_of(item: Item | None) -> StoredOwnText | None:
    """The latest of the institution's own texts."""
    return None if item is None else from_json(StoredOwnText, item.text("own"))


def speaker_of(items: Mapping[Key, Item], tenant: str, clinic: Clinic | None) -> Speaker:
    """Who speaks in the text of a consult, or of the institution in general."""
    named = settings_of(items.get(settings_key(tenant))).clinic
    policy = policy_of(items.get(policy_key(tenant))).view
    if policy.controller is None and named is not None:
        policy = policy.model_copy(update={"controller": named.name})
    return Speaker(policy, clinic or named)


def shown(
    items: Mapping[Key, Item], tenant: str, clinic: Clinic | None, language: str
) -> ConsentText:
    """What is shown now in a language, by the items at `keys_of`."""
    own = own_of(items.get(own_key(tenant, language)))
    if own is not None and own.body.in_use:
        return own.text
    return shipped(speaker_of(items, tenant, clinic), language)
