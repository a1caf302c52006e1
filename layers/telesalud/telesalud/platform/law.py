"""What a country's law says of records and of persons, where several contexts need it."""

from collections.abc import Mapping
from typing import Final

from schemas.terminology import RETENTION_YEARS

FLOORS: Final[Mapping[str, int]] = {
    "AR": 10,  # Ley 26.529, art. 18
    "BR": 20,  # Lei 13.787/2018, art. 6
    "CL": 15,  # Ley 20.584 and Decreto 41/2012, art. 12
    "CO": 15,  # Resolución 839 de 2017, art. 3
    "MX": 5,  # NOM-004-SSA3-2012, 5.4
    "PE": 20,  # NTS 139-MINSA/2018
}
"""Years that the law of a country asks for at least, counted from the last addition."""

MAJORITY: Final[Mapping[str, int]] = {
    "HN": 21,  # Código de Familia, art. 16
    "PR": 21,  # Código Civil 2020, art. 97
}
"""Years of age at which somebody decides for themselves, where they are not eighteen."""
USUAL_MAJORITY: Final = 18


def floor_of(code: str | None) -> int:
    """The least number of years; where nobody entered a country's law, the product's default."""
    return FLOORS.get(code or "", RETENTION_YEARS)


def majority_of(code: str | None) -> int:
    """The age of majority in years."""
    return MAJORITY.get(code or "", USUAL_MAJORITY)
