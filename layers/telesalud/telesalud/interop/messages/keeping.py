"""Where messages are kept.

MESSAGE#<t>#<id> / MESSAGE         sealed: what came, what was answered, what became of it
MESSAGES#<t> / <id>                the list; its state is in clear
MESSAGE_ID#<t>#<client> / <hash>   of MSH-3, MSH-4 and MSH-10: what came under this control id
"""

from datetime import timedelta
from typing import Final, NamedTuple

from schemas.messages import MessageState
from telesalud.interop.stored import StoredMessage
from telesalud.interop.v2.message import Message
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Operation, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services

KEPT: Final = timedelta(days=90)
"""Then messages are pruned; what they had as effect is in the record."""


class Found(NamedTuple):
    """A message and its version."""

    message: StoredMessage
    version: int


def message_key(tenant: str, which: str) -> Key:
    """Where a message is."""
    return Key(f"MESSAGE#{tenant}#{which}", "MESSAGE")


def list_pk(tenant: str) -> str:
    """The list of a tenant's messages."""
    return f"MESSAGES#{tenant}"


def identity_key(services: Services, tenant: str, client: str, message: Message) -> Key:
    """What tells that a message of this sender was here before."""
    named = "\x00".join((message.get("MSH-3"), message.get("MSH-4"), message.control_id))
    hashed = services.vault.lookup(tenant, "v2-control-id", named)
    return Key(f"MESSAGE_ID#{tenant}#{client}", hashed)


def puts(services: Services, tenant: str, message: StoredMessage, version: int) -> list[Operation]:
    """The writes that keep a message; `version` is that which was read, or 0."""
    key, expires = message_key(tenant, message.id), message.received_at + KEPT
    patient = message.patient or ""
    sealed = seal_model(services.vault, Scope(tenant, patient), key, message)
    when = at_version(version) if version else ABSENT
    return [
        Put(key, {ATTRIBUTE: sealed, "patient": patient}, when=when, expires=expires),
        Put(
            Key(list_pk(tenant), message.id),
            {"state": message.state.value},
            expires=expires,
        ),
    ]


def load(services: Services, tenant: str, which: str) -> Found:
    """A message. Raises NotFound, and Gone when its patient's record was destroyed."""
    item = services.store.get(message_key(tenant, which))
    if item is None:
        raise NotFound
    return opened(services, tenant, item)


def opened(services: Services, tenant: str, item: Item) -> Found:
    """What an item holds. Raises Gone."""
    scope = Scope(tenant, item.text("patient"))
    if scope.patient:  # it may have been destroyed since its key came into memory
        services.vault.learn(scope, services.store.get(scope.key))
    return Found(open_model(services.vault, scope, item, StoredMessage), item.version)


def is_over(state: MessageState) -> bool:
    """Whether the sender has its answer for good."""
    return state in (MessageState.SENT, MessageState.ERROR, MessageState.FILTERED)
