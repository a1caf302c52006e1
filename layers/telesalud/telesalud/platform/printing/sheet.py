"""The sheet on which everything is printed: A4 or letter, black on white, fonts inside.

The same content gives the same bytes: times come from what is printed, never from the clock.
The characters that a sheet uses are embedded, because the fonts that PDF readers bring do not
cover our languages reliably. Marks find their place above any letter by HarfBuzz.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from telesalud.platform.printing.characters import PAGES, needs_shaping, shown
from telesalud.platform.printing.fonts import DEJAVU, REST


class Frame(NamedTuple):
    """The paper and what of it stays free, in millimetres."""

    size: str | tuple[float, float]
    """`a4`, `letter`, or width and height in millimetres."""
    margin: float
    """At the left, at the top and at the right."""
    foot: float
    """At the bottom, for what every page repeats there."""
    landscape: bool = False


class Sheet(FPDF):
    """Pages in one frame. Who inherits adds the first page, and says what pages repeat by
    `header` and `footer`."""

    def __init__(self, frame: Frame, title: str, made_at: datetime) -> None:
        orientation = "landscape" if frame.landscape else "portrait"
        super().__init__(orientation=orientation, format=frame.size)
        self.frame = frame
        for family, files in (("DejaVu", DEJAVU), ("Rest", REST)):
            for style, path in files.items():
                self.add_font(family, style, path)
        self.set_fallback_fonts(["Rest"])
        self.alias_nb_pages(PAGES)
        self.set_creation_date(made_at.astimezone(UTC))
        self.set_title(title)
        self.set_producer("Telesalud")
        self.set_margins(frame.margin, frame.margin)
        self.set_auto_page_break(auto=True, margin=frame.foot)

    @property
    def measure(self) -> float:
        """The width between the margins."""
        return self.w - 2 * self.frame.margin

    def plain(self, points: float) -> None:
        """Write on in the upright font."""
        self.set_font("DejaVu", "", points)

    def bold(self, points: float) -> None:
        """Write on in the bold font."""
        self.set_font("DejaVu", "B", points)

    def line_of(self, text: str, height: float = 6, width: float = 0) -> None:
        """A line, or more when it is long, in the present font; by default across the sheet."""
        self.multi_cell(width, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def normalize_text(self, text: str) -> str:
        """What fpdf2 sets of a text: nothing is left out of it.

        Only what needs it is shaped, because that takes thrice the time: marks that no composed
        letter has, and scripts that run to the left.
        """
        ready = super().normalize_text(shown(text))
        # Ligatures and kerning off: text that is copied from a paper stays what was written.
        off = {"liga": False, "kern": False}
        self.set_text_shaping(use_shaping_engine=needs_shaping(ready), features=off)
        return ready

    def page_of(self, word: str) -> str:
        """`Page 1 / 3`; the last number is put in when the sheet is finished."""
        return f"{word} {self.page_no()} / {PAGES}"
