"""HL7 v2 over HTTP, and the store of its messages."""

from schemas import messages as m
from telesalud.interop import wiring
from telesalud.interop.messages import reading, receiving
from telesalud.platform.errors import Conflict, Forbidden, Malformed, NotFound
from telesalud.platform.http import problems
from telesalud.platform.http.operations import Answer, Group, Request
from telesalud.platform.http.problems import ProblemDetails, UnsupportedMediaType
from telesalud.platform.http.replies import Reply

group = Group("/interop")
ER7 = "application/hl7-v2+er7; charset=utf-8"
TYPES = frozenset(
    {
        "application/hl7-v2",
        "application/hl7-v2+er7",
        "x-application/hl7-v2+er7",
        "application/octet-stream",
    }
)


def _tell(_: Exception, problem: ProblemDetails) -> Reply:
    """Whoever could not be answered in HL7 is told in problem+json."""
    return problems.reply(problem)


@group.post("/v2", dialect=_tell, max_body=receiving.MOST_BYTES, errors=(Forbidden, Malformed))
def receive_message(request: Request) -> Answer:
    """Take an HL7 v2 message and answer with its acknowledgement.

    The body is the message's bytes. The status is 200 whatever the acknowledgement says, and 204
    where none is wanted.
    """
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given not in TYPES:
        raise UnsupportedMediaType("send application/hl7-v2")
    own = wiring.messages_of(request.headers.get("authorization", ""))
    taken = receiving.receive(own, request.call, request.raw_body)
    if not taken.acknowledgement:
        return Answer(None, status=204)
    return Answer(None, headers={"Content-Type": ER7}, text=taken.acknowledgement)


@group.get("/messages", query=m.MessageQuery, answer=m.MessageList, errors=(Forbidden,))
def list_messages(request: Request) -> m.MessageList:
    """Messages without their content, latest first."""
    return reading.page(wiring.services(), request.call, request.query)


@group.get("/messages/{message_id}", answer=m.MessageDetail, errors=(Forbidden, NotFound))
def read_message(request: Request) -> m.MessageDetail:
    """A message at every stage."""
    return reading.read(wiring.services(), request.call, request.id("message_id"))


@group.post(
    "/messages/{message_id}/replay",
    answer=m.MessageDetail,
    errors=(Forbidden, NotFound, Conflict),
)
def replay_message(request: Request) -> m.MessageDetail:
    """Have a message that failed take effect now."""
    own = wiring.messages_of(request.headers.get("authorization", ""))
    which = request.id("message_id")
    receiving.again(own, request.call, which)
    return reading.read(own, request.call, which)


@group.post("/messages/dry-run", body=m.DryRun, answer=m.DryRunOutcome, errors=(Forbidden,))
def try_message(request: Request) -> m.DryRunOutcome:
    """What a channel makes of a message, without any effect."""
    return receiving.dry_run(request.call, request.body.text)
