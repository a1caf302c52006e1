"""The fonts that papers embed, and which characters they have.

DejaVu Sans 2.37 (package dejavu-fonts-ttf 2.37.3) has Latin as all of America writes it, Greek,
Cyrillic, and the signs of medicine and mathematics; Noto Sans 2.015 (package fontpkg-noto-sans
2.15, SIL Open Font License 1.1) the letters that were encoded later. `python -m infra.fonts` makes
them anew.
"""

import json
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
DEJAVU: Final = {"": _HERE / "DejaVuSans.ttf", "B": _HERE / "DejaVuSans-Bold.ttf"}
"""Files by fpdf2's names of styles."""
REST: Final = {"": _HERE / "NotoSansRest.ttf", "B": _HERE / "NotoSansRest-Bold.ttf"}
"""What DejaVu has not."""


def covered(character: str) -> bool:
    """Whether a character has a glyph, upright and bold."""
    begins, ends = _ranges()
    place = bisect_right(begins, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    ranges = json.loads((_HERE / "coverage.json").read_bytes())
    return tuple(first for first, _ in ranges), tuple(last for _, last in ranges)
