"""One thing has one name: on screen, in reports and on papers, and in each country.

What the server refuses is said by the pages, in the reader's language, by its code.
"""

import ast
import json
import re
from collections.abc import Mapping
from importlib import import_module

import pytest

from infra.tools import ROOT
from telesalud.appointments.reminders.wordings import WORDINGS
from telesalud.appointments.report_words import WORDS as APPOINTMENTS
from telesalud.orders.papers.print_texts import WORDS as PAPERS
from telesalud.orders.reports import WORDS as ORDERS
from telesalud.patients.people.identity_documents import KINDS, find_kind
from telesalud.patients.report_words import WORDS as PATIENTS
from telesalud.platform.errors import DomainError
from telesalud.platform.words.countries import LANGUAGES, countries
from tests.support.some import some

BASES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "appointments": APPOINTMENTS,
    "patients": PATIENTS,
    "orders": ORDERS,
    "papers": PAPERS,
    "reminder": {
        "appointment": (
            WORDINGS["es"].appointment,
            WORDINGS["pt"].appointment,
            WORDINGS["en"].appointment,
        )
    },
}
"""Where a country's words are looked up, by the first part of their names."""


def test_every_word_of_a_country_stands_over_one_of_the_language() -> None:
    over = some(
        (code, language, name)
        for code, country in countries().items()
        for language in LANGUAGES
        for name in country.words(language)
    )
    unknown = [
        (code, name)
        for code, _, name in over
        if name.partition(".")[2] not in BASES.get(name.partition(".")[0], {})
    ]
    assert unknown == []


def test_a_word_of_a_country_differs_from_that_of_the_language() -> None:
    same = [
        (code, name)
        for code, country in countries().items()
        for place, language in enumerate(LANGUAGES)
        for name, said in country.words(language).items()
        if BASES[name.partition(".")[0]][name.partition(".")[2]][place] == said
    ]
    assert same == []


def shown(area: str, language: str) -> dict[str, dict[str, str]]:
    """The texts of an area of the clinic's pages."""
    path = ROOT / "web" / "src" / "locales" / "clinic" / area / f"{language}.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_calls_things_what_the_screen_calls_them(language: str) -> None:
    place = LANGUAGES.index(language)
    statuses = shown("agenda", language)["status"]
    kinds: object = shown("reports", language)["reports"]["kinds"]
    assert isinstance(kinds, dict)
    said = {name: APPOINTMENTS[name][place] for name in some(statuses)}
    assert said == {name: text[:1].lower() + text[1:] for name, text in statuses.items()}
    titles = {**APPOINTMENTS, **PATIENTS, **ORDERS}
    assert {name: titles[name][place] for name in some(kinds)} == kinds


def test_the_desk_offers_the_documents_that_the_server_knows() -> None:
    path = ROOT / "web" / "src" / "clinic" / "language" / "documents.json"
    offered: dict[str, list[str]] = json.loads(path.read_text("utf-8"))
    said = some((country, kind) for country, kinds in offered.items() for kind in kinds)
    assert [one for one in said if find_kind(*one) is None] == []
    # A tax number names nobody at a front desk where an identity document does.
    known = {(each.country, each.code) for each in KINDS if each.fhir_type != "TAX"}
    assert known - set(said) == set()


BY_STATUS = {"conflict", "gone", "not-admitted"}
"""Refusals that are said by their HTTP status."""
SHOWN = re.compile(
    r"(?<!')\b(?:error|fault|first|problem|refus\w+)\??\.detail\b|\['(?:detail|title)'\]"
)
"""How a sentence of the server would get into a page; problems have none in the pages' types."""


def pages() -> dict[str, str]:
    """The source of the pages, without their tests."""
    source = ROOT / "web" / "src"
    return {
        path.relative_to(source).as_posix(): path.read_text("utf-8")
        for path in some(source.rglob("*.ts*"))
        if ".test." not in path.name and "api/" not in path.relative_to(source).as_posix()
    }


def test_every_refusal_of_a_state_has_words_on_the_pages() -> None:
    contexts = ("appointments", "consults", "identity", "orders", "patients")
    modules = [import_module(f"telesalud.{context}.errors") for context in contexts]
    slugs = some(
        each.slug
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, DomainError) and each.status in (409, 410)
    )
    code = "\n".join(pages().values())
    unsaid = {slug for slug in slugs if f"'{slug}'" not in code}
    assert unsaid <= BY_STATUS


def test_no_sentence_of_the_server_is_shown() -> None:
    found = [
        (name, line.strip())
        for name, text in some(pages().items())
        for line in text.splitlines()
        if SHOWN.search(line)
    ]
    assert found == []


def test_every_line_of_a_trail_has_words() -> None:
    """What is audited of records and accounts, by the first argument of `audit`."""
    source = (ROOT / "web/src/clinic/language/trail_actions.ts").read_text("utf-8")
    texts = [
        json.loads((ROOT / f"web/src/locales/clinic/trail/{language}.json").read_text("utf-8"))
        for language in LANGUAGES
    ]
    wordless = [
        action
        for context, area in (("patients", "trail"), ("identity", "accountTrail"))
        for action in _audited(context)
        for name in (action.partition(".")[2],)
        if f"'{name}'," not in source or any(name not in text[area] for text in texts)
    ]
    assert wordless == []


def _audited(context: str) -> list[str]:
    calls = (
        node
        for path in (ROOT / "layers/telesalud/telesalud" / context).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "audit" and node.args
    )
    found = {
        node.args[0].value
        for node in calls
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }
    return some(action for action in sorted(found) if action.startswith(f"{context}."))
