"""Sites, practitioners, categories and opening hours over HTTP."""

import re

from schemas.agendas import (
    AffectedList,
    AffectedQuery,
    Availability,
    AvailabilityBody,
    Category,
    CategoryBody,
    CategoryList,
    Practitioner,
    PractitionerBody,
    PractitionerList,
    Site,
    SiteBody,
    SiteList,
)
from schemas.common import PageQuery
from telesalud.appointments import wiring
from telesalud.appointments.places import affected_appointments, directory
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")


group = Group("/appointments")


@group.post("/sites", body=SiteBody, answer=Site, status=201, idempotent=True)
def add_site(request: Request) -> Answer:
    """Register a site."""
    site = directory.add_site(wiring.services(), request.call, request.body)
    return Answer(site, site.version)


@group.get("/sites", query=PageQuery, answer=SiteList)
def list_sites(request: Request) -> SiteList:
    """The institution's sites."""
    return directory.list_sites(wiring.services(), request.call, request.query)


@group.put(
    "/sites/{site_id}",
    body=SiteBody,
    answer=Site,
    versioned=True,
    errors=(NotFound, StaleVersion),
)
def change_site(request: Request) -> Answer:
    """Replace a site's data."""
    site = directory.change_site(
        wiring.services(),
        request.call,
        request.id("site_id"),
        request.body,
        request.if_match,
    )
    return Answer(site, site.version)


@group.get(
    "/sites/{site_id}/affected", query=AffectedQuery, answer=AffectedList, errors=(NotFound,)
)
def list_affected_site(request: Request) -> AffectedList:
    """Future appointments that fall on holidays of a site."""
    site = request.id("site_id")
    return affected_appointments.of_site(wiring.services(), request.call, site, request.query)


@group.post(
    "/practitioners",
    body=PractitionerBody,
    answer=Practitioner,
    status=201,
    idempotent=True,
    errors=(Invalid,),
)
def add_practitioner(request: Request) -> Answer:
    """Register a practitioner."""
    person = directory.add_practitioner(wiring.services(), request.call, request.body)
    return Answer(person, person.version)


@group.get("/practitioners", query=PageQuery, answer=PractitionerList)
def list_practitioners(request: Request) -> PractitionerList:
    """The institution's practitioners."""
    return directory.list_practitioners(wiring.services(), request.call, request.query)


@group.put(
    "/practitioners/{practitioner_id}",
    body=PractitionerBody,
    answer=Practitioner,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion),
)
def change_practitioner(request: Request) -> Answer:
    """Replace a practitioner's data."""
    practitioner = request.id("practitioner_id")
    person = directory.change_practitioner(
        wiring.services(), request.call, practitioner, request.body, request.if_match
    )
    return Answer(person, person.version)


@group.get("/practitioners/{practitioner_id}/availability", answer=Availability, errors=(NotFound,))
def read_hours(request: Request) -> Answer:
    """When a practitioner receives patients."""
    practitioner = request.id("practitioner_id")
    hours = directory.read_hours(wiring.services(), request.call, practitioner)
    return Answer(hours, hours.version)


@group.put(
    "/practitioners/{practitioner_id}/availability",
    body=AvailabilityBody,
    answer=Availability,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion),
)
def put_hours(request: Request) -> Answer:
    """Set when a practitioner receives patients; If-Match "0" the first time."""
    practitioner = request.id("practitioner_id")
    hours = directory.put_hours(
        wiring.services(), request.call, practitioner, request.body, request.if_match
    )
    return Answer(hours, hours.version)


@group.get(
    "/practitioners/{practitioner_id}/affected",
    query=AffectedQuery,
    answer=AffectedList,
    errors=(NotFound,),
)
def list_affected_practitioner(request: Request) -> AffectedList:
    """Future appointments that do not fit the opening hours."""
    practitioner = request.id("practitioner_id")
    return affected_appointments.of_practitioner(
        wiring.services(), request.call, practitioner, request.query
    )


@group.get("/categories", query=PageQuery, answer=CategoryList)
def list_categories(request: Request) -> CategoryList:
    """Kinds of appointment."""
    return directory.list_categories(wiring.services(), request.call, request.query)


@group.put(
    "/categories/{code}",
    body=CategoryBody,
    answer=Category,
    versioned=True,
    errors=(Invalid, StaleVersion),
)
def put_category(request: Request) -> Answer:
    """Create or replace a kind of appointment; If-Match "0" creates."""
    code = request.path["code"]
    if not _CODE.fullmatch(code):
        raise NotFound
    category = directory.put_category(
        wiring.services(), request.call, code, request.body, request.if_match
    )
    return Answer(category, category.version)
