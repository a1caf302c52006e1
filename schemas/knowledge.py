"""Contracts of what the product knows: tables, their versions, and who confirmed them."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from schemas.common import Contract, Day, Line, Moment

TableId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,64}$")]
Confirmer = Literal[
    "medical_director",
    "pharmacist",
    "laboratory",
    "epidemiologist",
    "paediatrician",
    "immunization_programme",
    "obstetrician",
    "mental_health",
    "lawyer",
    "data_protection",
]
"""Whose eyes a table needs before it decides anything of a patient."""


class Confirmation(Contract):
    """Somebody with the knowledge for it has read a version of a table and stands for it."""

    version: Version
    confirmed_by: Line
    """Their name and register."""
    recorded_at: Moment
    recorded_by: str


class KnownTable(Contract):
    """A table or rule that ships with the product, as it is in use."""

    id: TableId
    version: Version
    entered_on: Day
    """When it was last entered or changed."""
    source: str
    """Publications and laws as they are cited; empty where it is all the product's own."""
    own: bool
    """Whether part of it is the product's own judgement, selection or wording."""
    confirm: Confirmer
    countries: tuple[str, ...]
    """ISO 3166-1 alpha-2, of what is law; empty where it holds everywhere."""
    confirmation: Confirmation | None
    """The latest; it is of an earlier version when its `version` differs."""


class Classification(Contract):
    """A classification that was imported."""

    name: str
    release: str | None
    """None where none was imported."""


class KnownTables(Contract):
    """Everything that a context knows."""

    items: tuple[KnownTable, ...]
    classifications: tuple[Classification, ...] = ()


class ConfirmTable(Contract):
    """Say who stands for a version of a table."""

    version: Version
    confirmed_by: Line
