"""Looking at messages: which came, what became of them, and what they say."""

from schemas.messages import MessageDetail, MessageLine, MessageList, MessageQuery
from telesalud.interop.messages import keeping
from telesalud.interop.policy import GRANTS, OPEN_MESSAGES, READ_MESSAGES
from telesalud.interop.stored import StoredMessage
from telesalud.platform.access import require
from telesalud.platform.errors import Gone
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Item
from telesalud.platform.work import Call, Services, Work


def page(services: Services, call: Call, query: MessageQuery) -> MessageList:
    """Messages without their content, latest first. A page of one state may be short although a
    cursor follows. Raises Forbidden."""
    require(call.caller, READ_MESSAGES, GRANTS)
    tenant = call.caller.tenant
    found = services.store.query(
        keeping.list_pk(tenant),
        after=from_cursor(query.cursor),
        limit=min(query.limit, 90),
        newest_first=True,
    )
    wanted = query.state.value if query.state else None
    keys = [
        keeping.message_key(tenant, item.key.sk)
        for item in found.items
        if wanted in (None, item.text("state"))
    ]
    items = services.store.get_many(keys) if keys else {}
    lines = [_opened(services, tenant, items[key]) for key in keys if key in items]
    return MessageList(
        items=tuple(line for line in lines if line is not None),
        cursor=to_cursor(found.next_after),
    )


def read(services: Services, call: Call, which: str) -> MessageDetail:
    """A message at every stage; who reads it is on the sender's trail. Raises Forbidden,
    NotFound."""
    require(call.caller, OPEN_MESSAGES, GRANTS)
    message = keeping.load(services, call.caller.tenant, which).message
    work = Work(services, Call(call.caller, call.request_id))
    work.audit("interop.message_read", message.client, f"message/{which}")
    work.commit()
    return MessageDetail(
        **dict(_line(message)),
        raw=message.raw.replace("\r", "\n"),
        acknowledgement=message.acknowledgement,
    )


def _opened(services: Services, tenant: str, item: Item) -> MessageLine | None:
    """A line; None for a message whose patient's record was destroyed."""
    try:
        return _line(keeping.opened(services, tenant, item).message)
    except Gone:
        return None


def _line(message: StoredMessage) -> MessageLine:
    return MessageLine(
        id=message.id,
        state=message.state,
        channel=message.channel,
        client=message.client,
        received_at=message.received_at,
        type=message.type,
        control_id=message.control_id,
        attempts=message.attempts,
        code=message.code,
        location=message.location,
        reason=message.reason,
    )
