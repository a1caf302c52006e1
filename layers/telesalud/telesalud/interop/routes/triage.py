"""The triage inbox, and what channels send into it."""

from collections.abc import Mapping
from typing import Any, Final

from schemas import triage as t
from telesalud.interop import wiring
from telesalud.interop.triage import acting, candidates, inbox, intake
from telesalud.interop.triage.intake import Repeated
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    Malformed,
    NotFound,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/interop")
_ACT: Final[Mapping[str, Any]] = {
    "answer": t.Triage,
    "versioned": True,
    "idempotent": True,
    "errors": (NotFound, Gone, InvalidTransition, StaleVersion),
}


@group.post(
    "/triage",
    answer=t.TriageReceipt,
    status=202,
    errors=(Forbidden, Malformed, Invalid, Repeated),
)
def send_triage(request: Request) -> t.TriageReceipt:
    """Pass on what a citizen asks for.

    The body is a `TriageMessage`; it is read here, so that what cannot be read whole is not lost.
    """
    return intake.take_of_client(wiring.services(), request.call, request.raw_body)


@group.post(
    "/channels/{tenant}/{channel_id}/triage",
    answer=t.TriageReceipt,
    status=202,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Malformed, Invalid, Repeated),
)
def send_signed_triage(request: Request) -> t.TriageReceipt:
    """Pass on what a citizen asks for, signed with the channel's secret."""
    signed = intake.Signed(
        request.path["tenant"], request.path["channel_id"], request.headers, request.raw_body
    )
    return intake.take_signed(wiring.services(), request.call.request_id, signed)


@group.get("/triage", query=t.TriageQuery, answer=t.TriageList, errors=(Forbidden, Invalid))
def list_triage(request: Request) -> t.TriageList:
    """The inbox: the most pressing first."""
    return inbox.page(wiring.services(), request.call, request.query)


@group.get("/triage/{triage_id}", answer=t.Triage, errors=(Forbidden, NotFound, Gone))
def read_triage(request: Request) -> Answer:
    """A request for care."""
    return _told(inbox.read(wiring.services(), request.call, request.id("triage_id")))


@group.get(
    "/triage/{triage_id}/transcript",
    answer=t.TriageTranscript,
    errors=(Forbidden, NotFound, Gone),
)
def read_transcript(request: Request) -> t.TriageTranscript:
    """What was said to the channel, while it is kept."""
    return inbox.transcript(wiring.services(), request.call, request.id("triage_id"))


@group.get(
    "/triage/{triage_id}/candidates",
    answer=t.Candidates,
    errors=(Forbidden, NotFound, Gone, Unavailable),
)
def propose_patients(request: Request) -> t.Candidates:
    """Patients of the record who may be the citizen."""
    own = wiring.triage_of(request.headers.get("authorization", ""))
    return candidates.propose(own, request.call, request.id("triage_id"))


@group.post("/triage/{triage_id}/take", **_ACT)
def take_triage(request: Request) -> Answer:
    """Take a request."""
    which = request.id("triage_id")
    return _told(acting.take(wiring.services(), request.call, which, request.if_match))


@group.post("/triage/{triage_id}/release", **_ACT)
def release_triage(request: Request) -> Answer:
    """Put a request back for others."""
    which = request.id("triage_id")
    return _told(acting.release(wiring.services(), request.call, which, request.if_match))


@group.post("/triage/{triage_id}/match", body=t.MatchPatient, **_ACT)
def match_triage(request: Request) -> Answer:
    """Say who the citizen is."""
    own = wiring.triage_of(request.headers.get("authorization", ""))
    which = request.id("triage_id")
    return _told(acting.match(own, request.call, which, request.body, request.if_match))


@group.post(
    "/triage/{triage_id}/book",
    body=t.BookTriage,
    answer=t.Triage,
    versioned=True,
    idempotent=True,
    errors=(NotFound, Gone, InvalidTransition, StaleVersion, Conflict, Unavailable),
)
def book_triage(request: Request) -> Answer:
    """Book the patient of a request."""
    own = wiring.triage_of(request.headers.get("authorization", ""))
    which = request.id("triage_id")
    return _told(acting.book(own, request.call, which, request.body, request.if_match))


@group.post("/triage/{triage_id}/refer", body=t.ReferTriage, **_ACT)
def refer_triage(request: Request) -> Answer:
    """Send the citizen elsewhere."""
    which = request.id("triage_id")
    return _told(
        acting.refer(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post("/triage/{triage_id}/answer", body=t.AnswerTriage, **_ACT)
def answer_triage(request: Request) -> Answer:
    """Answer the citizen."""
    which = request.id("triage_id")
    return _told(
        acting.answer(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post("/triage/{triage_id}/close", body=t.CloseTriage, **_ACT)
def close_triage(request: Request) -> Answer:
    """End a request."""
    which = request.id("triage_id")
    return _told(
        acting.close(wiring.services(), request.call, which, request.body, request.if_match)
    )


def _told(request: t.Triage) -> Answer:
    return Answer(request, request.version)
