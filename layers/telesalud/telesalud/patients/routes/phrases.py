"""A clinician's own phrases and templates for notes."""

from schemas.phrases import PhraseBook, PhraseBookBody
from telesalud.patients import phrases, wiring
from telesalud.platform.errors import Forbidden, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients/phrases")


@group.get(answer=PhraseBook, errors=(Forbidden,))
def read_phrases(request: Request) -> Answer:
    """One's own phrases and templates for notes."""
    found = phrases.read(wiring.services(), request.call)
    return Answer(found, found.version)


@group.put(body=PhraseBookBody, answer=PhraseBook, versioned=True, errors=(Forbidden, StaleVersion))
def put_phrases(request: Request) -> Answer:
    """Change one's own phrases and templates; If-Match "0" the first time."""
    changed = phrases.write(wiring.services(), request.call, request.body, request.if_match)
    return Answer(changed, changed.version)
