"""A tiny synthetic linearization in the layout of WHO's tables; codes and titles are invented."""

from pathlib import Path

HEADER = (
    "Foundation URI\tLinearization URI\tCode\tBlockId\tTitle\tClassKind\tDepthInKind\tIsResidual"
    "\tChapterNo\tBrowserLink\tisLeaf\tPrimary tabulation\tVersion:synthetic"
)
ENTITY = "http://id.who.int/icd/entity/"
CHAPTERS = frozenset({"99", "0X"})

# code, Spanish, English, Portuguese, residual
CONCEPTS = [
    ("ZZ00", "Demostritis", "Demostritis", "Demostrite", False),
    ("ZZ00.0", "Demostritis crónica del ñandú", "Chronic rhea demostritis", "D. crônica", False),
    ("ZZ00.1", "Ñandú con fiebre de demostración", "Rhea with demo fever", "Ema febril", False),
    ("ZZ00.Y", "Otras demostritis", "Other demostritis", "Outras demostrites", True),
    ("ZZ00.Z", "Demostritis, sin especificación", "Demostritis, unspecified", "Demostrite", True),
    ("ZZ01", "Fiebre de la demostración", "Demonstration fever", "Febre de demonstração", False),
    ("ZZ02", "Síndrome del ejemplo fijo", "Fixed example syndrome", "Síndrome do exemplo", False),
    ("XZ0Z1", "Demostración leve", "Mild demonstration", "Demonstração leve", False),
    ("XZ0Z2", "Demostración grave", "Severe demonstration", "Demonstração grave", False),
    ("ZZ03", "Ñandufobia", "Ejemplo", "Emafobia", False),
]


def table(language: str, *, release: str = "2025-01", without: frozenset[str] = frozenset()) -> str:
    """The text of one table."""
    column = {"es": 1, "en": 2, "pt": 3}[language]
    linear = f"http://id.who.int/icd/release/11/{release}/mms/"
    lines = [HEADER, f"{ENTITY}990\t{linear}990\t\t\tInvented\tchapter\t1\tFalse\t99\t\tFalse\t\t"]
    for number, concept in enumerate(CONCEPTS, start=1):
        code, residual = concept[0], concept[4]
        if code in without:
            continue
        entity = "" if residual else f"{ENTITY}99{number:04d}"
        suffix = {"Y": "/other", "Z": "/unspecified"}[code[-1]] if residual else ""
        place = f"{linear}99{number:04d}{suffix}"
        chapter = "X" if code.startswith("X") else "99"
        cells = [entity, place, code, "", f"- - {concept[column]}", "category", "2"]
        lines.append("\t".join([*cells, str(residual), chapter, "", "True", "", ""]))
    return "\n".join(lines) + "\n"


def write(
    folder: Path,
    *languages: str,
    release: str = "2025-01",
    without: frozenset[str] = frozenset(),
) -> dict[str, Path]:
    """Write the tables of `languages` into `folder`."""
    paths = {language: folder / f"table-{language}.txt" for language in languages}
    for language, path in paths.items():
        path.write_text(table(language, release=release, without=without), encoding="utf-8")
    return paths
