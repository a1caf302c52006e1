"""What is stored of sites, practitioners, categories and opening hours.

Of the contracts, `Closure`, `WeeklyBlock` and `ExtraBlock` are stored as they are: they may only
ever become more lenient.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict

from schemas.agendas import (
    Availability,
    AvailabilityBody,
    Category,
    CategoryBody,
    Closure,
    ExtraBlock,
    Practitioner,
    PractitionerBody,
    Site,
    SiteBody,
    WeeklyBlock,
)


class StoredSite(BaseModel):
    """A place where care is given."""

    model_config = ConfigDict(frozen=True)

    name: str
    zone: str
    address: str | None = None
    phone: str | None = None
    holidays: tuple[Closure, ...] = ()
    altitude_m: int | None = None

    @classmethod
    def of(cls, body: SiteBody) -> Self:
        """What is stored of it."""
        return cls(**dict(body))

    def view(self, site: str, version: int) -> Site:
        """What callers see."""
        return Site(id=site, version=version, **self.model_dump())


class StoredCategory(BaseModel):
    """A kind of appointment."""

    model_config = ConfigDict(frozen=True)

    title_es: str
    title_pt: str
    title_en: str
    minutes: int
    telemedicine: bool = False
    overbooking: int = 0
    active: bool = True

    @classmethod
    def of(cls, body: CategoryBody) -> Self:
        """What is stored of it."""
        return cls(**dict(body))

    def view(self, code: str, version: int) -> Category:
        """What callers see."""
        return Category(code=code, version=version, **self.model_dump())


class StoredPractitioner(BaseModel):
    """Somebody who owns an agenda."""

    model_config = ConfigDict(frozen=True)

    name: str
    user_id: str | None = None
    specialties: tuple[str, ...] = ()
    sites: tuple[str, ...]
    languages: tuple[str, ...] = ("es",)
    registration_type: str | None = None
    registration_number: str | None = None
    overbooking: int = 0
    active: bool = True

    @classmethod
    def of(cls, body: PractitionerBody) -> Self:
        """What is stored of them."""
        return cls(**dict(body))

    def view(self, practitioner: str, version: int) -> Practitioner:
        """What callers see."""
        return Practitioner(id=practitioner, version=version, **self.model_dump())


class OpeningHours(BaseModel):
    """When a practitioner receives patients; without any block, never. Closures win over blocks."""

    model_config = ConfigDict(frozen=True)

    weekly: tuple[WeeklyBlock, ...] = ()
    closures: tuple[Closure, ...] = ()
    extra: tuple[ExtraBlock, ...] = ()

    @classmethod
    def of(cls, body: AvailabilityBody) -> Self:
        """What is stored of them."""
        return cls(**dict(body))

    def view(self, practitioner: str, version: int) -> Availability:
        """What callers see."""
        return Availability(practitioner=practitioner, version=version, **self.model_dump())
