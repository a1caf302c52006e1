"""Contracts of consent to teleconsultation: texts, decisions, and whose texts they are.

The exact words of a text are found by their SHA-256: that of the UTF-8 of what
`telesalud.platform.consent_words.words_of` makes of the text, as it can be printed and hashed anew.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, tidy_text

Paragraphs = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(tidy_text),
]
"""Text that a patient reads."""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class BoxCode(StrEnum):
    """What is agreed to by a box of its own. Nothing is recorded, so no box asks for that."""

    TELECONSULTATION = "teleconsultation"
    HEALTH_DATA = "health_data"
    MESSAGES = "messages"


REQUIRED = frozenset({BoxCode.TELECONSULTATION, BoxCode.HEALTH_DATA})
"""Without these there is no teleconsultation; the others are free."""


class ConsentSection(Contract):
    """A part of a text."""

    heading: Line
    text: Paragraphs


class ConsentBox(Contract):
    """A box, with the words beside it."""

    code: BoxCode
    required: bool
    label: Line


class ConsentText(Contract):
    """A text as it is shown, every word of it."""

    id: Line
    """`telesalud/<country>` for one that comes with the product, `own/<language>` otherwise."""
    version: Line
    dated: date
    language: Language
    country: CountryCode | None
    title: Line
    sections: tuple[ConsentSection, ...] = Field(min_length=1, max_length=30)
    boxes: tuple[ConsentBox, ...]
    refusal: Paragraphs
    """What happens to who refuses."""
    majority: int
    """Years of age from which somebody decides for themselves."""
    draft: bool
    """Whether the institution's lawyer has still to confirm it: so is every text of the product."""
    sha256: Digest


class OwnTextBody(Contract):
    """Body of `PUT /consults/consent-texts/{language}`: the institution's own words."""

    in_use: bool = True
    """False: patients are shown the product's text again."""
    title: Line
    sections: tuple[ConsentSection, ...] = Field(min_length=1, max_length=30)
    labels: dict[BoxCode, Line]
    """The words beside each box; without the optional ones, they are not shown."""
    refusal: Paragraphs

    @model_validator(mode="after")
    def _boxes(self) -> "OwnTextBody":
        if missing := sorted(REQUIRED - set(self.labels)):
            raise ValueError(f"these boxes need a label: {', '.join(missing)}")
        return self


class TextVersion(Contract):
    """A version of an institution's own text, by whom and when."""

    number: int
    in_use: bool
    written_by: str
    written_at: Moment
    text: ConsentText


class ConsentTexts(Contract):
    """Answer of `GET /consults/consent-texts/{language}`: what is shown, and what was before."""

    shown: ConsentText
    """What a patient of this language reads today."""
    shipped: ConsentText
    """What the product would show with the institution's names and figures in it."""
    own: tuple[TextVersion, ...]
    """The institution's own texts, newest first; kept for ever."""
    version: int
    """For If-Match: 0 before the first text of its own."""


class ConsentPolicy(Contract):
    """What the institution says of itself in the texts. `PUT /consults/consent-policy`."""

    country: CountryCode | None = None
    """Whose law the texts name; without, they name none."""
    controller: Line | None = None
    """Who is responsible for the data; by default the name in the tenant's settings."""
    address: Line | None = None
    contact: Line | None = None
    """Where rights are used and consent is withdrawn: a mail address, a desk, an officer's name."""
    processor: Line | None = None
    """Who keeps the data for the institution."""
    stored_in: Line | None = None
    """The country, or countries, where they are kept."""
    retention_years: int | None = Field(default=None, ge=1, le=100)
    """By default, and at least, what the country's law asks for."""


class Decision(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """How the decision reached the institution."""

    LINK = "link"
    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    PAPER = "paper"


class Kinship(StrEnum):
    """What somebody who decides for a patient is to them."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Representative(Contract):
    """Who decides for a patient that is a minor, or cannot decide."""

    name: Line
    document: Line
    """Their identity document, as they wrote it."""
    relation: Kinship


class _Given(Contract):
    language: Language
    text: Digest
    """Of the words that were shown."""
    boxes: tuple[BoxCode, ...] = Field(default=(), max_length=len(BoxCode))
    representative: Representative | None = None


class LinkDecision(_Given):
    """Body of `POST /consults/links/consent` (public): what the holder of a link decided."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    decision: Literal[Decision.ACCEPTED, Decision.REFUSED]


class NewDecision(_Given):
    """Body of `POST /consults/{id}/consents`: by a participant, or recorded by staff."""

    decision: Decision
    channel: Channel | None = None
    """How staff heard of it; left out by the patient, whose session says it."""


class ConsentRecord(Contract):
    """A decision, with every word that it was about."""

    id: Id
    number: int
    """In the order in which this consult's decisions were recorded, from 1."""
    decision: Decision
    at: Moment
    """By the server's clock."""
    channel: Channel
    boxes: tuple[BoxCode, ...]
    representative: Representative | None = None
    recorded_by: Line | None = None
    """Id of the practitioner or user who recorded it; None for the patient's own page."""
    recorded_by_name: Line | None = None
    text: ConsentText


class ConsentRecords(Contract):
    """Answer of `GET /consults/{id}/consents`, oldest first."""

    consult_id: Id
    external_reference: str | None = None
    patient_id: str
    """As the calling system knows them."""
    items: tuple[ConsentRecord, ...]
