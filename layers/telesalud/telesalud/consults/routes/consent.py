"""Consent to teleconsultation: the institution's texts, and what patients decide."""

from schemas.consents import (
    ConsentPolicy,
    ConsentRecord,
    ConsentRecords,
    ConsentText,
    ConsentTexts,
    LinkDecision,
    NewDecision,
    OwnTextBody,
)
from schemas.consult_sessions import LanguageQuery
from telesalud.consults import errors, wiring
from telesalud.consults.consent import administering, deciding
from telesalud.consults.consent.showing import LANGUAGES
from telesalud.consults.routes import GONE, LIVE
from telesalud.consults.scheduling import link_consent
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/consults")


@group.get("/consent-policy", answer=ConsentPolicy, errors=(Forbidden,))
def read_consent_policy(request: Request) -> Answer:
    """What the institution says of itself in the texts of its consents."""
    return Answer(*administering.read_policy(wiring.services(), request.call))


@group.put(
    "/consent-policy",
    body=ConsentPolicy,
    answer=ConsentPolicy,
    versioned=True,
    errors=(Forbidden, Invalid, StaleVersion),
)
def write_consent_policy(request: Request) -> Answer:
    """Change what the institution says of itself in the texts.

    Send If-Match "0" for the first time.
    """
    own = administering.write_policy(
        wiring.services(), request.call, request.body, request.if_match
    )
    return Answer(*own)


@group.get("/consent-texts/{language}", answer=ConsentTexts, errors=(Forbidden, NotFound))
def read_consent_texts(request: Request) -> Answer:
    """The text that patients of a language are shown, and the institution's own before it."""
    texts = administering.read_texts(wiring.services(), request.call, _language(request))
    return Answer(texts, texts.version)


@group.put(
    "/consent-texts/{language}",
    body=OwnTextBody,
    answer=ConsentTexts,
    versioned=True,
    errors=(Forbidden, NotFound, StaleVersion),
)
def write_consent_text(request: Request) -> Answer:
    """Write the institution's own text in a language; earlier ones are kept for ever.

    Send If-Match "0" for the first time.
    """
    texts = administering.write_text(
        wiring.services(), request.call, _language(request), request.body, request.if_match
    )
    return Answer(texts, texts.version)


@group.get("/consent-words/{sha256}", answer=ConsentText, errors=(Forbidden, NotFound))
def read_consent_words(request: Request) -> ConsentText:
    """The exact words that somebody has decided about, by their SHA-256."""
    return administering.read_words(wiring.services(), request.call, request.path["sha256"])


@group.post(
    "/links/consent",
    body=LinkDecision,
    answer=ConsentRecord,
    auth=Auth.PUBLIC,
    errors=(
        NotFound,
        Conflict,
        errors.ConsentTextChanged,
        errors.LinkRevoked,
        errors.LinkUsed,
        *GONE,
    ),
)
def decide_by_link(request: Request) -> ConsentRecord:
    """Accept or refuse, as the holder of a patient's link.

    Before the link is exchanged; repeating it has one effect.
    """
    return link_consent.decide(wiring.services(), request.call.request_id, request.body)


@group.get("/{consult_id}/consent-text", query=LanguageQuery, answer=ConsentText, errors=LIVE)
def read_consent_text(request: Request) -> ConsentText:
    """The text that the patient of a teleconsultation is shown, to be read out to them."""
    return deciding.text_now(
        wiring.services(), request.call, request.path["consult_id"], request.query.language
    )


@group.get("/{consult_id}/consents", answer=ConsentRecords, errors=LIVE)
def read_consents(request: Request) -> ConsentRecords:
    """What was decided about a teleconsultation, with every word that it was about."""
    return deciding.read(wiring.services(), request.call, request.path["consult_id"])


@group.post(
    "/{consult_id}/consents",
    body=NewDecision,
    answer=ConsentRecord,
    status=201,
    errors=(Conflict, errors.ConsentTextChanged, *LIVE),
)
def record_consent(request: Request) -> ConsentRecord:
    """Record a decision: by the patient in their session, or told to staff.

    Repeating it has one effect.
    """
    return deciding.record(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


def _language(request: Request) -> str:
    language: str = request.path["language"]
    if language not in LANGUAGES:
        raise NotFound("there are no texts in this language")
    return language
