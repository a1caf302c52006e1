"""What is kept of a patient opens only for whoever may: the rule, read from the source.

A function that opens sealed content decides first, further up in its text, by calling a loader of
its context that decides; or it takes what only such a loader makes (a chart, a record, an opened
order). Otherwise the question passes to whoever calls it, and an entry of the context (a route, a
handler of events, whatever nothing else calls) has nobody to pass it to: it fails here, until it
goes through a loader or somebody has answered for it in the table.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.tools import ROOT

DOMAIN = ROOT / "layers" / "telesalud" / "telesalud"
OPENS = "platform.sealed.open_model"
REQUIRES = frozenset({"platform.access.require", "platform.access.allows"})


@dataclass(frozen=True)
class Loaders:
    """How one context loads what is kept of patients. Names are `<module>.<function>` in it, or
    `<module>.*`."""

    decides: frozenset[str] = frozenset()
    """Loaders that decide before they open anything."""
    proofs: Mapping[str, str] = field(default_factory=dict)
    """Types that stand for a decision, with the module of the loader that alone makes them."""
    right_alone: Mapping[str, str] | None = None
    """In a context that asks for a care relation: what opens for the right alone, and why. Where
    it is None, a right is enough for everything."""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """What opens something without a decision of ours, and why."""


WORKER = "a worker of ours carries out what somebody with the right, or an event, set off"
REPORT = "a worker makes the report; who may have it was decided when it was asked for"
DEMOGRAPHICS = "who the patient is, under the tenant's key: no clinical content"
CUSTODY = "work on the record as a whole, by rights of their own that only custody has"
NO_PATIENT = "professionals, no patients"

CONTEXTS: Mapping[str, Loaders] = {
    "patients": Loaders(
        decides=frozenset({"access.opening.open_chart", "encounters.opening.open_encounter"}),
        proofs={
            "access.opening.Chart": "access.opening",
            "encounters.opening.OpenEncounter": "encounters.opening",
        },
        right_alone={
            "admissions.reading.*": "who lies where, for who works there; not why",
            "reviews.reports.*": "who came to whose record, and how: what auditors look at",
            "custody.exporting.*": CUSTODY,
            "custody.holds.*": CUSTODY,
            "custody.shredding.*": CUSTODY,
            "encounters.pending.*": "names of who attended and is to sign; the list is their own",
            "people.repository.*": DEMOGRAPHICS,
            "phrases.read": "the caller's own texts; no patient's record",
        },
        exceptions={
            "access.bookings.follow_booking": WORKER,
            "access.reception.follow_reception": WORKER,
            "custody.erasing.*": WORKER,
            "custody.export_parts.*": WORKER,
            "documents.examining.*": WORKER,
            "reports.*": REPORT,
            "summary.parts.Part.read": "a part came with a chart, or is about to be rewritten",
            "teleconsultations.consents.*": WORKER,
            "teleconsultations.importing.*": WORKER,
        },
    ),
    "appointments": Loaders(
        decides=frozenset(
            {
                "booking.repository.load",
                "booking.repository.load_many",
                "reminders.planning.load",
                "series.repository.load",
                "waiting.entries.load",
            }
        ),
        exceptions={
            "activity.counting.*": WORKER,
            "agendas.repository.practitioner_of": NO_PATIENT,
            "reports.*": REPORT,
            "teleconsultations.reconciling._Step.*": WORKER,
        },
    ),
    "consults": Loaders(
        decides=frozenset({"access.attend", "access.open_consult", "access.session_of"}),
        proofs={"repository.Loaded": "repository", "model.Consult": "repository"},
        exceptions={
            "content.inspection.inspect": WORKER,
            "handlers.settle_rooms": WORKER,
            "notifications.notices.notice_for": WORKER,
            "scheduling.link_consent.decide": "whoever holds a link's secret decides by it",
            "scheduling.links.exchange": "whoever holds a link's secret comes in by it",
            "scheduling.links.look": "whoever holds a link's secret sees where it leads",
            "visit.limit.due": WORKER,
        },
    ),
    "orders": Loaders(
        decides=frozenset(
            {
                "access.open_order",
                "access.open_paper",
                "access.open_prescription",
                "access.open_record",
            }
        ),
        proofs={"access.Opened": "access", "access.Record": "access"},
        right_alone={
            "alarms.answering.*": "names of patients for whom something rings; no clinical content",
            "alarms.people.*": NO_PATIENT,
            "prescribers.*": NO_PATIENT,
            "qualified.asking.setting_of": NO_PATIENT,
            "requests.worklist.*": "names of patients whose orders wait; no clinical content",
        },
        exceptions={
            "alarms.telling.*": WORKER,
            "alarms.trying.step": WORKER,
            "qualified.finishing.*": WORKER,
            "papers.verification.verify": "whoever holds a paper's code may see what it tells",
            "reports.*": REPORT,
        },
    ),
    "interop": Loaders(
        decides=frozenset({"external.reading.let_in", "policy.demand", "triage.acting._opened"}),
        exceptions={
            "triage.alerting.tell": WORKER,
            "triage.following.*": WORKER,
            "triage.intake.take_signed": "whoever has the channel's secret sends for it",
            "triage.telling.notice_for": WORKER,
        },
    ),
    "billing": Loaders(
        exceptions={
            "charges.collecting.*": WORKER,
            "invoices.electronic.*": WORKER,
            "invoices.electronic.Recorder.*": WORKER,
        },
    ),
    "pharmacy": Loaders(
        decides=frozenset(
            {
                "wards.accounts.open_account",
                "wards.doses._due",
                "wards.requests.open_request",
            }
        ),
        exceptions={
            "wards.verifying.*": "the same for the accounts of wards",
            "stock.verifying.*": "an operator's command reads the books; it tells numbers only",
        },
    ),
}
"""Identity keeps accounts, no patients; a context that comes later is added here."""


class Function(NamedTuple):
    """A function or method. Names are dotted, below `telesalud`."""

    name: str
    calls: tuple[str, ...]
    """What it calls, nested functions included, in the order of evaluation."""
    takes: frozenset[str]
    """The types of its arguments; of a method, its class as well."""


def functions_in(source: str, module: str) -> Iterator[Function]:
    """The functions and methods of a module's text."""
    tree = ast.parse(source)
    known = _known(tree, module)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield _function(node, module, known)
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            yield from (_function(each, f"{module}.{node.name}", known) for each in methods)


@cache
def functions_of(context: str) -> tuple[Function, ...]:
    """Those of a whole context."""
    return tuple(
        function
        for path in sorted((DOMAIN / context).rglob("*.py"))
        for function in functions_in(path.read_text("utf-8"), _module(path))
    )


def _function(node: ast.FunctionDef, place: str, known: Mapping[str, str]) -> Function:
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    calls.sort(key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0))
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    texts = [ast.unparse(each.annotation).strip("'\"") for each in given if each.annotation]
    types = [part for text in texts for part in ast.walk(ast.parse(text, mode="eval"))]
    return Function(
        f"{place}.{node.name}",
        tuple(_full_name(name, known) for call in calls if (name := _dotted(call.func))),
        frozenset({place, *(_full_name(name, known) for part in types if (name := _dotted(part)))}),
    )


def _full_name(name: str, known: Mapping[str, str]) -> str:
    head, _, rest = name.partition(".")
    return f"{known.get(head, head)}.{rest}" if rest else known.get(head, head)


def offences(context: str, functions: Sequence[Function], loaders: Loaders) -> list[str]:
    """Entries of a context that open something of a patient although nothing has decided."""
    decides, proofs = _full(context, loaders.decides), _full(context, loaders.proofs)
    asked = [
        function
        for function in functions
        if not function.takes & proofs and not _named(context, function.name, loaders.exceptions)
    ]
    names = {function.name for function in asked}
    if loaders.right_alone is None:
        undecided = _undecided(asked, names, decides | REQUIRES)
    else:
        lighter = {name for name in names if _named(context, name, loaders.right_alone)}
        undecided = _undecided(asked, names - lighter, decides)
        undecided |= _undecided(asked, lighter, decides | REQUIRES)
    called = {name for function in functions for name in function.calls}
    edges = (f"{context}.routes.", f"{context}.handlers.")
    return [
        f"{name} calls {opened} undecided"
        for name, opened in undecided.items()
        if name not in called or name.startswith(edges)
    ]


def _undecided(
    functions: Sequence[Function], openers: Set[str], decides: Set[str]
) -> dict[str, str]:
    """What comes to something sealed in one of the `openers` without a call of what decides."""
    undecided: dict[str, str] = {}
    while found := {
        function.name: opened
        for function in functions
        if function.name not in undecided
        and (opened := _opened_before(function, decides, undecided, function.name in openers))
    }:
        undecided |= found
    return undecided


def _opened_before(
    function: Function, decides: Set[str], undecided: Container[str], opens: bool
) -> str:
    """The first call that opens something before one that decides; nothing if there is none."""
    for name in function.calls:
        if name in decides:
            return ""
        if name in undecided or (opens and (name == OPENS or name.endswith("vault.open"))):
            return name
    return ""


def forged(context: str, functions: Sequence[Function], loaders: Loaders) -> list[str]:
    """Proofs that something else than the module of their loader makes."""
    makers = {f"{context}.{name}": f"{context}.{by}." for name, by in loaders.proofs.items()}
    return [
        f"{function.name} makes {name}"
        for function in functions
        for name in function.calls
        if name in makers and not function.name.startswith(makers[name])
    ]


def _named(context: str, name: str, table: Iterable[str]) -> bool:
    """Whether a table of a context names a function, itself or by its module."""
    own = name.removeprefix(f"{context}.")
    return own in table or f"{own.rpartition('.')[0]}.*" in table


def _full(context: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{context}.{name}" for name in names)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(DOMAIN).with_suffix("").parts).removesuffix(".__init__")


def _classes(path: Path, context: str) -> Iterator[str]:
    module = _module(path).removeprefix(f"{context}.")
    nodes = ast.parse(path.read_text("utf-8")).body
    yield from (f"{module}.{node.name}" for node in nodes if isinstance(node, ast.ClassDef))


def _known(tree: ast.Module, module: str) -> dict[str, str]:
    """What the names of a module stand for: imports anywhere in it, and its own definitions."""
    known = {
        node.name: f"{module}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = (node.module or "").removeprefix("telesalud.")
            known |= {a.asname or a.name: f"{base}.{a.name}" for a in node.names}
    return known


def _dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes; nothing for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def test_every_context_that_keeps_patients_has_its_loaders_in_the_table() -> None:
    folders = {path.name for path in DOMAIN.iterdir() if (path / "__init__.py").exists()}
    assert folders - {"platform", "identity"} == set(CONTEXTS)


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_what_is_kept_of_a_patient_opens_after_a_decision_only(context: str) -> None:
    assert offences(context, functions_of(context), CONTEXTS[context]) == []


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_only_a_loader_makes_what_proves_a_decision(context: str) -> None:
    assert forged(context, functions_of(context), CONTEXTS[context]) == []


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_the_table_names_what_there_is_and_still_needs_it(context: str) -> None:
    loaders, functions = CONTEXTS[context], functions_of(context)
    names = {function.name.removeprefix(f"{context}.") for function in functions}
    assert loaders.decides <= names
    paths = (DOMAIN / context).rglob("*.py")
    assert set(loaders.proofs) <= {name for path in paths for name in _classes(path, context)}
    for name in loaders.exceptions:
        fewer = {other: why for other, why in loaders.exceptions.items() if other != name}
        assert offences(context, functions, replace(loaders, exceptions=fewer)), name
    for name in loaders.right_alone or ():
        lighter = {o: why for o, why in (loaders.right_alone or {}).items() if o != name}
        assert offences(context, functions, replace(loaders, right_alone=lighter)), name


NEW = """
from telesalud.platform.access import require
from telesalud.platform.sealed import open_model
from telesalud.orders import access, repository
from telesalud.orders.access import Opened, Record, open_order
"""


@pytest.mark.parametrize(
    ("body", "offends"),
    [
        ("def f(s, key): return open_model(s.vault, s, key, int)", True),
        ("def f(s, key): return repository.opened(s.vault, 't', key, int)", True),
        ("def f(s, key): return s.vault.open(s, 'place', key)", True),
        ("def f(s, c):\n    require(c, 'r', {})\n    return open_model(s)", True),
        ("def f(s, c):\n    x = open_model(s)\n    open_order(s, c)\n    return x", True),
        ("def f(s, c):\n    o = open_order(s, c)\n    return open_model(s)", False),
        ("def f(s, c):\n    o = access.open_order(s, c)\n    return open_model(s)", False),
        ("def f(s, c):\n    def step(): return open_model(s)\n    return step()", True),
        ("def f(record: Record): return open_model(record)", False),
        ("def f(o: 'Opened[int] | None'): return open_model(o)", False),
        ("class Sheet:\n    def f(self, s): return open_model(s)", True),
        ("def f(s): return g(s)\ndef g(s): return open_model(s)", True),
        ("def f(s): return g(open_order(s))\ndef g(o): return open_model(o)", False),
        ("def f(s): return g(s)\ndef g(s): return 1", False),
    ],
)
def test_the_rule_sees_what_it_should(body: str, offends: bool) -> None:
    """The test of the test: real ways round the loader of orders, and ways through it."""
    functions = [*functions_of("orders"), *functions_in(NEW + body, "orders.requests.new")]
    assert bool(offences("orders", functions, CONTEXTS["orders"])) is offends


def test_the_rule_sees_a_route_that_hands_the_question_on_to_nobody() -> None:
    body = (
        "def read(request): return helper(request)\ndef helper(request): return open_model(request)"
    )
    functions = [*functions_in(NEW + body, "orders.routes.new")]
    assert offences("orders", functions, CONTEXTS["orders"]) == [
        "orders.routes.new.helper calls platform.sealed.open_model undecided",
        "orders.routes.new.read calls orders.routes.new.helper undecided",
    ]


def test_where_no_relation_is_asked_for_a_right_is_enough() -> None:
    body = "def f(s, c):\n    require(c, 'r', {})\n    return open_model(s)"
    functions = list(functions_in(NEW + body, "appointments.booking.new"))
    assert offences("appointments", functions, CONTEXTS["appointments"]) == []


def test_the_rule_sees_a_proof_that_somebody_makes_for_themselves() -> None:
    body = "def f(s, c): return open_model(Record(s, c, None))"
    functions = list(functions_in(NEW + body, "orders.requests.new"))
    assert forged("orders", functions, CONTEXTS["orders"]) == [
        "orders.requests.new.f makes orders.access.Record"
    ]
