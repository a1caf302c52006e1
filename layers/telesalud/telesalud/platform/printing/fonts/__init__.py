"""The fonts that papers embed: DejaVu Sans covers our languages and the units of measurement."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
DEJAVU: Final = {"": _HERE / "DejaVuSans.ttf", "B": _HERE / "DejaVuSans-Bold.ttf"}
"""Files by fpdf2's names of styles."""
