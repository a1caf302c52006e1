"""What is kept of a patient opens only for whoever may: the rule, read from the source.

A function that opens sealed content, or calls a loader that decides nothing, must decide itself,
further up in its text, or take what only a decision makes (a chart, a record, an opened order).
Whatever else opens something is in the tables below: a loader, whose callers are then held to the
same, or an exception with its reason. So a new way round a context's loader fails here until
somebody has answered for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.tools import ROOT

DOMAIN = ROOT / "layers" / "telesalud" / "telesalud"
OPENS = frozenset({"platform.sealed.open_model", "platform.sealed.from_json"})
DECIDES = frozenset({"platform.access.require", "platform.access.allows"})


@dataclass(frozen=True)
class Loaders:
    """How one context loads what is kept of patients. Names are `<module>.<function>` in it."""

    decides: frozenset[str] = frozenset()
    """Loaders that ask for the right (and the care relation) before they open anything."""
    proofs: Mapping[str, str] = field(default_factory=dict)
    """Types that stand for a decision, with the module of the loader that alone makes them;
    whoever takes one as an argument comes after the decision."""
    undecided: frozenset[str] = frozenset()
    """Loaders that decide nothing: whoever calls them has to have decided."""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    """Functions, or modules with `.*`, that open something without a decision, and why."""


WORKER = "a worker of ours carries out what somebody with the right, or an event, set off"
REPORT = "a worker makes the report; who may have it was decided when it was asked for"

CONTEXTS: Mapping[str, Loaders] = {
    "patients": Loaders(
        decides=frozenset({"access.opening.open_chart", "encounters.changing.load"}),
        proofs={
            "access.opening.Chart": "access.opening",
            "encounters.changing.Loaded": "encounters.changing",
        },
        undecided=frozenset(
            {
                "custody.exporting._found",
                "custody.exporting.job_of",
                "custody.shredding._waiting",
                "custody.shredding.opened",
                "documents.shelf.opened",
                "encounters.pending._list",
                "encounters.pending._mine",
                "encounters.pending._shown",
                "encounters.pending._take_over",
                "encounters.reading._notes",
                "encounters.reading._opened",
                "encounters.reading._opened_line",
                "encounters.reading._parts",
                "people.lookup.people",
                "people.registration._warn",
                "people.repository.born_then",
                "people.repository.found_of",
                "people.repository.load",
                "people.repository.merged",
                "people.repository.words_in",
                "people.searching._by_name",
                "people.searching._people",
                "summary.recent.Part.read",
                "summary.recent.load",
            }
        ),
        exceptions={
            "access.bookings.follow_booking": WORKER,
            "custody.building.*": WORKER,
            "custody.erasing.*": WORKER,
            "custody.gathering.*": WORKER,
            "documents.examining.*": WORKER,
            "encounters.importing.*": WORKER,
            "reports.*": REPORT,
            "surveillance.cases.case_of": REPORT,
            "surveillance.cases.who_of": REPORT,
        },
    ),
    "appointments": Loaders(
        undecided=frozenset(
            {
                "groups.sessions._opened",
                "groups.sessions.show",
                "places.affected._sift",
                "reminders.planning.load",
                "repository.copies_of",
                "repository.load",
                "repository.load_many",
                "series.editing._carry_out",
                "series.editing._load",
                "series.reading.show",
                "series.series_store._head",
                "series.series_store.load",
                "series.series_store.load_head",
                "series.series_store.load_plan",
                "teleconsultations.link_state.stored_links",
                "waiting.entries.load",
                "waiting.offers._queue",
            }
        ),
        exceptions={
            "booking.merges.*": WORKER,
            "groups.sessions.cancel_places": WORKER,
            "places.affected.on_holidays": "part of changing a site, which decides",
            "places.affected.outside_hours": "part of changing somebody's hours, which decides",
            "places.directory.open_hours": "a professional's hours, no patient",
            "reminders.offering.*": WORKER,
            "reminders.planning.plan": WORKER,
            "reminders.sending.*": WORKER,
            "reports.*": REPORT,
            "repository.practitioner_of": "professionals, no patients",
            "series.running.*": WORKER,
            "teleconsultations.link.*": WORKER,
            "teleconsultations.notifications.*": "a webhook whose signature was checked",
            "waiting.offers._offer": WORKER,
            "waiting.offers.expire": WORKER,
        },
    ),
    "consults": Loaders(
        decides=frozenset({"visit.sessions.attend", "visit.sessions.session_of"}),
        proofs={"repository.Loaded": "repository", "model.Consult": "repository"},
        undecided=frozenset(
            {"repository.consult_of", "repository.load", "scheduling.consults._many"}
        ),
        exceptions={
            "content.inspection.inspect": WORKER,
            "handlers.settle_rooms": WORKER,
            "notifications.notices.notice_for": WORKER,
            "paho.usecases.find": "decides by the secrets that a partner shows, and by whose it is",
            "scheduling.links._exchange": "whoever holds a link's secret comes in by it",
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
        undecided=frozenset(
            {"papers.verification._opened", "repository.opened", "requests.worklist._item"}
        ),
        exceptions={
            "signatures.prescriber_of": "the professional who signs, no patient",
            "papers.verification.verify": "whoever holds a paper's code may see what it tells",
            "reports.*": REPORT,
        },
    ),
}
"""Identity keeps accounts, no patients; a context that comes later is added here."""


@dataclass(frozen=True)
class Function:
    """A function or method, with what its module's names stand for."""

    name: str
    """Dotted, below `telesalud`."""
    node: ast.FunctionDef
    known: Mapping[str, str]

    def calls(self) -> Iterator[tuple[str, int]]:
        """Full names of what it calls, nested functions included, with their lines."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call) and (name := _dotted(node.func)):
                yield self._full(name), node.lineno

    def takes(self) -> set[str]:
        """Full names in the types of its arguments; of a method, its class as well."""
        given = self.node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        types = [ast.unparse(a.annotation).strip("'\"") for a in arguments if a.annotation]
        parts = {part for type_ in types for part in ast.walk(ast.parse(type_, mode="eval"))}
        names = {self._full(name) for part in parts if (name := _dotted(part))}
        return names | {self.name.rpartition(".")[0]}

    def _full(self, name: str) -> str:
        head, _, rest = name.partition(".")
        return f"{self.known.get(head, head)}.{rest}" if rest else self.known.get(head, head)


def functions_in(source: str, module: str) -> Iterator[Function]:
    """The functions and methods of a module's text."""
    tree = ast.parse(source)
    known = _known(tree, module)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield Function(f"{module}.{node.name}", node, known)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield Function(f"{module}.{node.name}.{method.name}", method, known)


def functions_of(context: str) -> list[Function]:
    """Those of a whole context."""
    return [
        function
        for path in sorted((DOMAIN / context).rglob("*.py"))
        for function in functions_in(path.read_text("utf-8"), _module(path))
    ]


def offences(context: str, functions: list[Function], loaders: Loaders) -> list[str]:
    """What opens something of a patient although nothing has been decided."""
    return [
        f"{function.name} calls {opened} undecided"
        for function in functions
        if not _listed(context, function.name, loaders)
        for opened in _undecided(context, function, loaders)
    ]


def _undecided(context: str, function: Function, loaders: Loaders) -> list[str]:
    """Calls that open something before the function decides, unless it takes a proof."""
    if function.takes() & _full(context, loaders.proofs):
        return []
    opens = OPENS | _full(context, loaders.undecided)
    decides = DECIDES | _full(context, loaders.decides)
    calls = sorted(function.calls(), key=lambda call: call[1])
    decided = min((line for name, line in calls if name in decides), default=None)
    return [
        name
        for name, line in calls
        if (name in opens or name.endswith("vault.open")) and (decided is None or line < decided)
    ]


def forged(context: str, functions: list[Function], loaders: Loaders) -> list[str]:
    """Proofs that something else than the module of their loader makes."""
    makers = {f"{context}.{name}": f"{context}.{by}." for name, by in loaders.proofs.items()}
    return [
        f"{function.name} makes {name}"
        for function in functions
        for name, _ in function.calls()
        if name in makers and not function.name.startswith(makers[name])
    ]


def _listed(context: str, name: str, loaders: Loaders) -> bool:
    own = name.removeprefix(f"{context}.")
    if own in loaders.undecided or own in loaders.exceptions:
        return True
    while own := own.rpartition(".")[0]:
        if f"{own}.*" in loaders.exceptions:
            return True
    return False


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


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_what_is_kept_of_a_patient_opens_after_a_decision_only(context: str) -> None:
    assert offences(context, functions_of(context), CONTEXTS[context]) == []


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_only_a_loader_makes_what_proves_a_decision(context: str) -> None:
    assert forged(context, functions_of(context), CONTEXTS[context]) == []


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_the_tables_name_what_there_is_and_still_needs_it(context: str) -> None:
    loaders, functions = CONTEXTS[context], functions_of(context)
    paths = sorted((DOMAIN / context).rglob("*.py"))
    names = {function.name.removeprefix(f"{context}.") for function in functions}
    bare = Loaders(loaders.decides, loaders.proofs, loaders.undecided)
    needed = {f.name.removeprefix(f"{context}.") for f in functions if _undecided(context, f, bare)}
    modules = {name.rpartition(".")[0] + ".*" for name in needed}
    assert loaders.decides | loaders.undecided <= names
    assert set(loaders.proofs) <= {name for path in paths for name in _classes(path, context)}
    assert set(loaders.exceptions) <= needed | modules


LOADER = """
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
        ("def f(s, c): x = open_model(s); require(c, 'r', {}); return x", False),
        ("def f(s, c):\n    x = open_model(s)\n    require(c, 'r', {})\n    return x", True),
        ("def f(s, c):\n    require(c, 'r', {})\n    return open_model(s)", False),
        ("def f(s, c):\n    o = open_order(s, c)\n    return open_model(s)", False),
        ("def f(s, c):\n    o = access.open_order(s, c)\n    return open_model(s)", False),
        ("def f(s, c):\n    def step(): return open_model(s)\n    return step()", True),
        ("def f(record: Record): return open_model(record)", False),
        ("def f(o: 'Opened[int] | None'): return open_model(o)", False),
        ("class Sheet:\n    def f(self, s): return open_model(s)", True),
        ("def f(s): return helper(s)\ndef helper(s): return 1", False),
    ],
)
def test_the_rule_sees_what_it_should(body: str, offends: bool) -> None:
    """The test of the test: real ways round the loader of orders, and ways through it."""
    functions = list(functions_in(LOADER + body, "orders.requests.new"))
    assert bool(offences("orders", functions, CONTEXTS["orders"])) is offends


def test_the_rule_sees_a_proof_that_somebody_makes_for_themselves() -> None:
    body = "def f(s, c): return open_model(Record(s, c, None))"
    functions = list(functions_in(LOADER + body, "orders.requests.new"))
    assert forged("orders", functions, CONTEXTS["orders"]) == [
        "orders.requests.new.f makes orders.access.Record"
    ]


def test_the_rule_sees_a_loader_called_by_what_decides_nothing() -> None:
    """Each loader that decides nothing is an offence in whoever calls it straight away."""
    for context, loaders in CONTEXTS.items():
        for loader in loaders.undecided:
            module, _, name = loader.rpartition(".")
            source = f"from telesalud.{context}.{module} import {name}\ndef f(s): {name}(s)"
            functions = list(functions_in(source, f"{context}.new"))
            assert offences(context, functions, loaders) == [
                f"{context}.new.f calls {context}.{loader} undecided"
            ]
