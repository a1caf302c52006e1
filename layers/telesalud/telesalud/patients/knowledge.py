"""What this context knows: every table and rule that judges, with its source.

A new table, and every change of one, is entered here; what is not covered is said in
docs/clinical/review.md.
"""

from importlib.resources import files
from typing import Final

from telesalud.patients.policy import CONNECT, GRANTS, READ
from telesalud.platform.knowledge.confirming import Knowledge
from telesalud.platform.knowledge.tables import Table

_REVIEWED: Final = "2026-11-30"
_FORMS: Final = "questionnaires/data/"

_TABLES: Final = (
    Table(
        "measuring-ranges",
        _REVIEWED,
        "NEWS2 2017; Fleming 2011; IMCI 2014; PALS; ISH 2020; WHO TRS 894; IDF 2006; ADA 2024",
        "medical_director",
        ("measurements/shipped_ranges.py",),
        own=True,
    ),
    Table(
        "oxygen-at-altitude",
        _REVIEWED,
        "Subhi 2009; Rojas-Camayo 2018; BMC Pediatrics 2020 (Quito); Am J Hum Biol 2001",
        "medical_director",
        ("measurements/oxygen.py",),
    ),
    Table(
        "pregnancy-ranges",
        _REVIEWED,
        "ACOG Committee Opinion 767, 2019; Singh 2012 (MEOWS); FIGO 2015",
        "obstetrician",
        ("measurements/pregnancy.py",),
    ),
    Table(
        "child-blood-pressure",
        _REVIEWED,
        "AAP 2017 (Flynn); Second Task Force 1987",
        "paediatrician",
        ("measurements/aap_2017.json", "measurements/pressure.py"),
    ),
    Table(
        "news2",
        _REVIEWED,
        "Royal College of Physicians, NEWS2, 2017",
        "medical_director",
        ("measurements/news2.py",),
    ),
    Table(
        "growth",
        _REVIEWED,
        "WHO Child Growth Standards 2006, 2007; WHO Reference 2007",
        "paediatrician",
        ("measurements/who_growth.json", "measurements/growth.py"),
    ),
    Table(
        "preterm-growth",
        _REVIEWED,
        "INTERGROWTH-21st (Villar 2015); AAP 2004",
        "paediatrician",
        ("measurements/preterm.py",),
    ),
    Table(
        "malnutrition",
        _REVIEWED,
        "WHO, UNICEF 2009; WHO 2007",
        "paediatrician",
        ("measurements/nutrition.py",),
    ),
    Table(
        "doubtful-values",
        _REVIEWED,
        "",
        "medical_director",
        ("measurements/catalogue.py", "measurements/doubts.py"),
        own=True,
    ),
    Table(
        "phq-9",
        _REVIEWED,
        "Kroenke 2001; LOINC 44249-1",
        "mental_health",
        ("questionnaires/data/phq-9.json",),
    ),
    Table(
        "gad-7",
        _REVIEWED,
        "Spitzer 2006; LOINC 69737-5",
        "mental_health",
        ("questionnaires/data/gad-7.json",),
    ),
    Table(
        "audit",
        _REVIEWED,
        "WHO, AUDIT, second edition, 2001; LOINC 72110-0",
        "mental_health",
        ("questionnaires/data/audit.json",),
    ),
    Table(
        "crisis-lines",
        "2026-12-01",
        "Numbers of health authorities; CVV (BR); WHO AUDIT 2001; CISA (BR)",
        "mental_health",
        ("questionnaires/countries.json",),
        ("AR", "BR", "CL", "CO", "EC", "MX", "PE", "UY"),
    ),
    Table(
        "intake-form",
        _REVIEWED,
        "",
        "medical_director",
        ("questionnaires/data/intake.json",),
        own=True,
    ),
    Table(
        "teleconsultation-consent",
        _REVIEWED,
        "",
        "lawyer",
        ("questionnaires/data/teleconsultation-consent.json",),
        own=True,
    ),
    Table(
        "notifiable-events",
        _REVIEWED,
        "IHR 2005, annex 2; BR Portaria GM/MS 217/2023; CO INS, SIVIGILA 2024; PE CDC Perú",
        "epidemiologist",
        ("surveillance/events.json",),
        ("BR", "CO", "PE"),
    ),
    Table(
        "vaccination-schedules",
        _REVIEWED,
        "BR PNI 2025; CO PAI 2024; PE NTS 196-MINSA/DGIESP-2022",
        "immunization_programme",
        (
            "immunization/data/br.json",
            "immunization/data/co.json",
            "immunization/data/pe.json",
            "immunization/data/vaccines.json",
        ),
        ("BR", "CO", "PE"),
        own=True,
    ),
    Table(
        "vaccine-bars",
        _REVIEWED,
        "WHO position papers",
        "immunization_programme",
        ("immunization/data/bars.json",),
        own=True,
    ),
    Table(
        "spoken-words",
        _REVIEWED,
        "WHO ICD-11",
        "medical_director",
        ("terminology/data/spoken.csv",),
        own=True,
    ),
    Table(
        "sensitive-codes",
        _REVIEWED,
        "WHO ICD-11",
        "data_protection",
        ("chart/codes.py",),
        own=True,
    ),
    Table(
        "retention",
        _REVIEWED,
        "AR Ley 26.529; BR Lei 13.787/2018; CL Decreto 41/2012; CO Resolución 839/2017;"
        " MX NOM-004; PE NTS 139",
        "lawyer",
        ("country.py",),
        ("AR", "BR", "CL", "CO", "MX", "PE"),
    ),
    Table(
        "care-relations",
        _REVIEWED,
        "",
        "data_protection",
        ("people/relations.py",),
        own=True,
    ),
)


def _is_here(table: Table) -> bool:
    """Whether a form that an installation may take out is there; other tables always are."""
    own = files(__package__ or "")
    return all(own.joinpath(name).is_file() for name in table.files if name.startswith(_FORMS))


KNOWLEDGE: Final = Knowledge(
    context="patients",
    grants=GRANTS,
    read=READ,
    manage=CONNECT,
    tables=tuple(one for one in _TABLES if _is_here(one)),
)
