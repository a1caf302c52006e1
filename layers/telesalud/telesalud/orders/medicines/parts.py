"""What the checks take and give, beside contracts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol

from schemas.formulary import InteractionSeverity, Route
from schemas.prescriptions import Alert, AlertKind, AlertSeverity, PrescriptionLine
from telesalud.orders.medicines.agents import Own, Read, read
from telesalud.orders.medicines.facts import facts

LOCAL: Final = frozenset({Route.OPHTHALMIC, Route.OTIC, Route.TOPICAL, Route.NASAL, Route.VAGINAL})
"""Routes by which little reaches the rest of the body."""
RANK: Final = {AlertSeverity.HIGH: 0, AlertSeverity.MODERATE: 1, AlertSeverity.LOW: 2}


@dataclass(frozen=True, slots=True)
class Body:
    """What doses depend on; None where it is not known."""

    born: date | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine that is to be prescribed, or is in use."""

    source: str
    codes: tuple[str, ...]
    name: str = ""
    route: Route | None = None
    item: str = ""
    """Code of the product, where it is one of the formulary."""
    lines: tuple[int, ...] = ()
    """Its line, when it is to be prescribed."""
    over: bool = False
    """The course has ended, and it is still in the body."""

    @property
    def local(self) -> bool:
        """Whether little of it reaches the rest of the body."""
        return self.route in LOCAL


class OwnRow(NamedTuple):
    """A row of an institution's table of interactions."""

    severity: InteractionSeverity
    es: str
    pt: str
    en: str
    """Empty where the table has no sentence."""
    source: str

    def said(self, language: str) -> str:
        """The sentence in a language."""
        return {"es": self.es, "pt": self.pt, "en": self.en}[language]


def pair_key(first: str, second: str) -> str:
    """Two agents in no order."""
    return f"{first} {second}" if first <= second else f"{second} {first}"


class Table(Protocol):
    """An institution's own interactions, found from either side."""

    @property
    def agents(self) -> frozenset[str]:
        """Every agent that some row names."""

    @property
    def by_pair(self) -> Mapping[str, OwnRow]:
        """Rows by both agents, as `pair_key` writes them."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a check goes by: the institution's own knowledge, and the language of its answer."""

    own: Own
    table: Table
    language: str

    def read(self, codes: Iterable[str]) -> Read:
        """What codes stand for here."""
        return read(codes, self.own)

    def text(self, name: str, **words: str) -> str:
        """A sentence of `data/alert_texts.json`."""
        return facts().texts[name][self.language].format(**words)


def medicine_of(line: PrescriptionLine) -> Medicine:
    """A line of a prescription as the checks see it."""
    product = line.product
    substances = (f"substance:{name}" for name in product.substances)
    return Medicine(
        source=f"line/{line.number}",
        codes=(f"atc:{product.atc}", *substances),
        name=f"{product.name} {product.strength}",
        route=line.route,
        item=product.code,
        lines=(line.number,),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What an alert says."""

    text: str
    advice: str = ""
    first: str = ""
    second: str = ""
    reference: str = ""
    contraindicated: bool = False


def alert(
    weight: tuple[AlertKind, AlertSeverity],
    lines: Iterable[int],
    agents: Iterable[str],
    source: str,
    said: Said,
    *,
    asks_reason: bool = False,
) -> Alert:
    """An alert; the same finding has the same id each time."""
    kind, severity = weight
    lines, agents = tuple(lines), tuple(agents)
    numbers = ",".join(str(line) for line in lines)
    return Alert(
        id=":".join((kind.value, numbers, source, "+".join(agents))),
        kind=kind,
        severity=severity,
        lines=lines,
        agents=agents,
        source=source,
        text=said.text,
        advice=said.advice,
        first=said.first,
        second=said.second,
        reference=said.reference,
        contraindicated=said.contraindicated,
        asks_reason=asks_reason,
    )


def milder(severity: AlertSeverity) -> AlertSeverity:
    """One step down."""
    return AlertSeverity.MODERATE if severity is AlertSeverity.HIGH else AlertSeverity.LOW
