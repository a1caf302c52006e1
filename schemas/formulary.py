"""Contracts of what an institution prescribes and orders from: formulary, interactions, order sets.

Each is imported as a whole and replaced by the next import; a file that is not complete and
correct changes nothing.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.common import Contract, Language, Line, Moment, PageQuery, Query

Substance = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
"""International Nonproprietary Name in lower case with hyphens, such as `acetylsalicylic-acid`."""
Atc = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$")]
"""ATC code of the fifth level (WHO Collaborating Centre for Drug Statistics Methodology)."""
Agent = Annotated[
    str,
    StringConstraints(
        pattern=r"^((atc:[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?)|((substance|group):[a-z0-9][a-z0-9-]{0,79}))$"
    ),
]
"""A substance, an ATC code of any level, which stands for everything below it, or a group of the
product's own (`group:qt-prolonging`)."""
NationalCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,32}$")]
Loinc = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,6}-[0-9]$")]


class Route(StrEnum):
    """Routes of administration."""

    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    SUBCUTANEOUS = "subcutaneous"
    INHALED = "inhaled"
    NASAL = "nasal"
    OPHTHALMIC = "ophthalmic"
    OTIC = "otic"
    TOPICAL = "topical"
    TRANSDERMAL = "transdermal"
    RECTAL = "rectal"
    VAGINAL = "vaginal"


class FormularyItem(Contract):
    """A product that may be prescribed."""

    code: NationalCode
    """The country's code of the product; unique in the formulary."""
    atc: Atc
    name: Line
    """Nonproprietary name as it is printed."""
    substances: tuple[Substance, ...] = Field(min_length=1, max_length=10)
    form: Line
    strength: Line
    unit: Line
    """What the quantity counts: tablet, ml, vial."""
    routes: tuple[Route, ...] = Field(min_length=1, max_length=13)
    controlled: bool = False
    """Under special control (narcotics, psychotropics)."""
    schedule: Line | None = None
    """The country's list of controlled medicines that it is on."""
    limit_unit: Line | None = None
    """Unit of the four limits; mg when it is not said."""
    max_single: float | None = Field(default=None, gt=0)
    """The most at once; these limits go before those that the product has of its own."""
    max_daily: float | None = Field(default=None, gt=0)
    """The most in 24 hours."""
    max_single_per_kg: float | None = Field(default=None, gt=0)
    """Of children, by their weight."""
    max_daily_per_kg: float | None = Field(default=None, gt=0)
    min_age_months: int | None = Field(default=None, ge=0, le=1_200)
    pregnancy: Line | None = None
    """What the national formulary says of it; shown, not computed."""
    lactation: Line | None = None
    kidney: Line | None = None
    liver: Line | None = None


class InteractionSeverity(StrEnum):
    """How bad it is; the first two stop a signature until they are overridden."""

    CONTRAINDICATED = "contraindicated"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"


class Interaction(Contract):
    """Two agents that should not meet, in no order."""

    first: Agent
    second: Agent
    severity: InteractionSeverity
    es: Line | None = None
    """What may happen; a table without sentences gets one by severity."""
    pt: Line | None = None
    en: Line | None = None
    source: Line | None = None
    """Where the row comes from."""


class OrderKind(StrEnum):
    """What is ordered."""

    LABORATORY = "laboratory"
    IMAGING = "imaging"
    SERVICE = "service"


class OrderedTest(Contract):
    """One thing ordered; a LOINC code where there is one."""

    loinc: Loinc | None = None
    code: NationalCode | None = None
    """The institution's own code."""
    display: Line


class OrderSet(Contract):
    """Things that are ordered together under one name."""

    code: NationalCode
    kind: OrderKind
    name: Line
    tests: tuple[OrderedTest, ...] = Field(min_length=1, max_length=50)


class CatalogueKind(StrEnum):
    """What can be imported."""

    FORMULARY = "formulary"
    INTERACTIONS = "interactions"
    ORDER_SETS = "order_sets"


class ImportFormat(StrEnum):
    """JSON: `{"items": [...]}`. CSV: a header, the rows, and a last row `END,<number of rows>`;
    several values in a cell are separated by `|`. Order sets come as JSON only."""

    JSON = "json"
    CSV = "csv"


class CatalogueImport(Contract):
    """A whole file."""

    format: ImportFormat
    content: str = Field(max_length=100_000_000)
    """Over HTTP up to 5.5 MB; larger tables are imported by an operator."""


class Catalogue(Contract):
    """What is in use."""

    kind: CatalogueKind
    items: int
    sha256: str
    """Of the canonical content."""
    imported_at: Moment
    imported_by: str
    version: int


class FormularySearch(PageQuery):
    """By words of the name, a code, or the beginning of an ATC code; all words must match."""

    q: str = Field(min_length=2, max_length=100)


class TermPurpose(StrEnum):
    """What a name is looked for."""

    ALLERGY = "allergy"
    """Groups of medicines, substances, foods and other things that people are allergic to."""
    MEDICINE = "medicine"
    """Substances that are taken."""


class TermKind(StrEnum):
    """What a name names."""

    GROUP = "group"
    SUBSTANCE = "substance"
    FOOD = "food"
    OTHER = "other"


class TermSearch(Query):
    """By the beginnings of words in Spanish, Portuguese or English; without words the pick list."""

    q: str = Field(default="", max_length=100)
    purpose: TermPurpose = TermPurpose.MEDICINE
    language: Language = "es"


class Term(Contract):
    """Something with a code that the checks understand."""

    code: str
    name: str
    kind: TermKind


class TermList(Contract):
    """What was found, the nearest first."""

    items: tuple[Term, ...]


class FormularyPage(Contract):
    """Products found, by name."""

    items: tuple[FormularyItem, ...]
    cursor: str | None = None


class OrderSetList(Contract):
    """All order sets."""

    items: tuple[OrderSet, ...]
