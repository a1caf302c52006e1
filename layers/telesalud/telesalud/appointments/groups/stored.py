"""What is stored of a group session."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from telesalud.appointments.agendas.calendar import Span, span_of
from telesalud.appointments.booking.stored import Attendant


class Session(BaseModel):
    """A group session."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    practitioners: tuple[Attendant, ...]
    site: str
    category: str
    start: datetime
    minutes: int
    room: str | None
    capacity: int

    @property
    def span(self) -> Span:
        """The time it takes."""
        return span_of(self.start, self.minutes)
