"""What this context knows, over HTTP."""

from schemas.knowledge import Classification
from telesalud.patients import wiring
from telesalud.patients.knowledge import KNOWLEDGE
from telesalud.platform.knowledge.routes import knowledge_group


def _classifications() -> tuple[Classification, ...]:
    return (Classification(name="icd11", release=wiring.releases().in_use("icd11")),)


group = knowledge_group(KNOWLEDGE, wiring.services, _classifications)
