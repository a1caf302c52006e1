"""Make the fonts that papers embed anew from the packages that ship them.

    npm pack dejavu-fonts-ttf@2.37.3 && tar xzf dejavu-fonts-ttf-2.37.3.tgz
    uv run --with fontpkg-noto-sans==2.15 --with fonttools python -m infra.fonts package/ttf

DejaVu Sans goes in whole. Of Noto Sans, whose newest letters DejaVu lacks, only those: fixed at
upright and bold, because a variable font takes seconds to prepare. `coverage.json` says which
characters print, for whoever must know it without opening a font.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from infra.tools import ROOT

HERE = ROOT / "layers/telesalud/telesalud/platform/printing/fonts"
WEIGHTS = {"": 400, "-Bold": 700}


def main(dejavu: Path) -> None:
    """Write the fonts and what they cover."""
    covered = set[int]()
    source = files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf"
    for suffix, weight in WEIGHTS.items():
        name = f"DejaVuSans{suffix}.ttf"
        shutil.copyfile(dejavu / name, HERE / name)
        have = set(TTFont(HERE / name).getBestCmap())
        rest = HERE / f"NotoSansRest{suffix}.ttf"
        fixed = instantiateVariableFont(TTFont(str(source)), {"wght": weight, "wdth": 100})
        more = _keep(fixed, set(fixed.getBestCmap()) - have)
        fixed.save(rest)
        covered = covered & (have | more) if covered else have | more
    (HERE / "coverage.json").write_text(json.dumps(_ranges(covered)) + "\n")


def _keep(font: TTFont, wanted: Collection[int]) -> set[int]:
    """Leave only what is wanted, and the rules by which marks find their place."""
    options = Options(layout_features=["ccmp", "mark", "mkmk", "locl"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return set(font.getBestCmap())


def _ranges(points: Collection[int]) -> list[list[int]]:
    """Ranges of code points, first and last, in order; without control characters."""
    found: list[list[int]] = []
    for point in sorted(p for p in points if p >= ord(" ")):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
