"""What this context knows: every table and rule that judges, with its source.

A new table, and every change of one, is entered here; what is not covered is said in
docs/clinical/review.md.
"""

from typing import Final

from telesalud.orders.medicines.facts import EDITION
from telesalud.orders.policy import GRANTS, MANAGE, SEARCH
from telesalud.platform.knowledge.confirming import Knowledge
from telesalud.platform.knowledge.tables import Table

_REVIEWED: Final = "2026-11-30"

KNOWLEDGE: Final = Knowledge(
    context="orders",
    grants=GRANTS,
    read=SEARCH,
    manage=MANAGE,
    tables=(
        Table(
            "substances",
            EDITION,
            "WHO Collaborating Centre, ATC",
            "pharmacist",
            ("medicines/data/substances.csv", "medicines/data/combinations.csv"),
            own=True,
        ),
        Table(
            "medicine-groups",
            EDITION,
            "",
            "pharmacist",
            ("medicines/data/groups.json",),
            own=True,
        ),
        Table(
            "allergies",
            EDITION,
            "Khan 2022; Picard 2019; Sánchez-Borges 2010; FDA",
            "pharmacist",
            ("medicines/data/cross_reactivity.csv", "medicines/allergies.py"),
            own=True,
        ),
        Table(
            "interactions",
            EDITION,
            "FDA; ONC; EMA; CDC",
            "pharmacist",
            ("medicines/data/interactions.csv", "medicines/data/interaction_texts.json"),
            own=True,
        ),
        Table(
            "duplicates",
            EDITION,
            "",
            "pharmacist",
            ("medicines/data/duplicates.csv", "medicines/duplicates.py"),
            own=True,
        ),
        Table(
            "doses",
            EDITION,
            "WHO Model Formularies; FDA; EMA",
            "pharmacist",
            ("medicines/data/doses.csv", "medicines/data/rhythms.csv"),
            own=True,
        ),
        Table(
            "alert-wording",
            EDITION,
            "",
            "pharmacist",
            ("medicines/data/alert_texts.json",),
            own=True,
        ),
        Table(
            "laboratory-tests",
            _REVIEWED,
            "LOINC",
            "laboratory",
            ("laboratory/data/tests.csv",),
            own=True,
        ),
        Table(
            "laboratory-limits",
            _REVIEWED,
            "",
            "laboratory",
            ("laboratory/data/limits.csv", "laboratory/data/altitude.csv"),
            own=True,
        ),
        Table(
            "laboratory-units",
            _REVIEWED,
            "UCUM; IUPAC",
            "laboratory",
            ("laboratory/units.py",),
        ),
        Table(
            "result-deadlines",
            _REVIEWED,
            "",
            "medical_director",
            ("requests/follow_up.py",),
            own=True,
        ),
        Table(
            "prescription-law",
            _REVIEWED,
            "BR RDC 471/2021; CO Decreto 2200/2005; MX RIS; PE D.S. 014-2011-SA, 023-2001-SA",
            "lawyer",
            ("papers/laws.json", "papers/antimicrobials.json"),
            ("BR", "CO", "MX", "PE"),
        ),
        Table(
            "paper-wording",
            _REVIEWED,
            "",
            "lawyer",
            ("papers/print_texts.py",),
            own=True,
        ),
    ),
)
