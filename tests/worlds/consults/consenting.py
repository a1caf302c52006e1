"""What a patient's page asks and answers about consent."""

from typing import Any

from schemas.consents import (
    REQUIRED,
    BoxCode,
    ConsentRecord,
    ConsentText,
    Decision,
    LinkDecision,
    NewDecision,
    OwnTextBody,
)
from schemas.consult_sessions import Look
from telesalud.consults.scheduling import link_consent, links
from tests.worlds.consults.stage import DEVICE, Stage

BOTH = tuple(box for box in BoxCode if box in REQUIRED)


def asked(stage: Stage, language: str | None = None) -> ConsentText:
    """What the patient's page shows."""
    look = Look(secret=stage.secret("patient"), device=DEVICE["patient"], language=language)
    text = links.look(stage.services, "request-1", look).consent
    assert text is not None
    return text


def by_link(stage: Stage, decision: Decision = Decision.ACCEPTED, **changes: Any) -> ConsentRecord:
    """The patient presses the button, having ticked what has to be ticked."""
    text = asked(stage)
    fields: dict[str, Any] = {
        "secret": stage.secret("patient"),
        "device": DEVICE["patient"],
        "language": text.language,
        "text": text.sha256,
        "decision": decision,
        "boxes": BOTH if decision is Decision.ACCEPTED else (),
    }
    return link_consent.decide(stage.services, "request-1", LinkDecision(**{**fields, **changes}))


def told(stage: Stage, decision: Decision = Decision.ACCEPTED, **changes: Any) -> NewDecision:
    """What somebody records of what they were told."""
    text = asked(stage)
    fields: dict[str, Any] = {
        "language": text.language,
        "text": text.sha256,
        "decision": decision,
        "boxes": BOTH if decision is Decision.ACCEPTED else (),
    }
    return NewDecision(**{**fields, **changes})


def own_text(title: str = "Consentimiento del hospital", *, in_use: bool = True) -> OwnTextBody:
    """An institution's own words."""
    return OwnTextBody.model_validate(
        {
            "in_use": in_use,
            "title": title,
            "sections": ({"heading": "Uno", "text": "Palabras propias."},),
            "labels": {BoxCode.TELECONSULTATION: "Acepto.", BoxCode.HEALTH_DATA: "Autorizo."},
            "refusal": "Puede negarse.",
        }
    )
