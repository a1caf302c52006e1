"""Where qualified signatures are.

    SIGNING#<t> / SIGNING                    which papers are signed, and what the service knows the
                                             institution by, under the tenant's key
    <KIND>#<t>#<id> / QUALIFIED              how far a paper's signature is; whose, and the
                                             document as it is to be signed, then signed, under
                                             the patient's key

The document is part of the item, so there is no moment at which a paper is signed by halves.
"""

from schemas.orders import EntryKind
from schemas.qualified import QualifiedSignature, QualifiedState
from telesalud.orders import repository
from telesalud.orders.stored import StoredSignature
from telesalud.platform.clock import from_text
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services


def settings_key(tenant: str) -> Key:
    """Where the institution's setting is."""
    return Key(f"SIGNING#{tenant}", "SIGNING")


def signature_key(tenant: str, kind: EntryKind, which: str) -> Key:
    """Where a paper's signature is."""
    return Key(repository.main_key(tenant, kind, which).pk, "QUALIFIED")


def shown(services: Services, tenant: str, item: Item | None) -> QualifiedSignature | None:
    """How far it is."""
    if item is None:
        return None
    signed, reason = item.attributes.get("signed"), item.attributes.get("reason")
    made = None
    if ATTRIBUTE in item.attributes:
        scope = Scope(tenant, item.text("patient"))
        made = open_model(services.vault, scope, item, StoredSignature)
    return QualifiedSignature(
        state=QualifiedState(item.text("state")),
        asked_at=from_text(item.text("asked")),
        signed_at=from_text(str(signed)) if signed else None,
        signer=made.signer if made else None,
        issuer=made.issuer if made else None,
        reason=str(reason) if reason else None,
    )
