"""Sites, practitioners, categories and opening hours over HTTP."""

import re

from schemas import agendas as c
from schemas.common import PageQuery
from telesalud.appointments import wiring
from telesalud.appointments.places import affected_appointments, directory
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request

_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _sites(edge)
    _practitioners(edge)
    _hours(edge)
    _categories(edge)


def _sites(edge: Edge) -> None:

    @edge.operation(
        "POST",
        "/appointments/sites",
        summary="Register a site",
        body=c.SiteBody,
        answer=c.Site,
        status=201,
        idempotent=True,
    )
    def add_site(request: Request) -> Answer:
        site = directory.add_site(wiring.services(), request.call, request.body)
        return Answer(site, site.version)

    @edge.operation(
        "GET",
        "/appointments/sites",
        summary="The institution's sites",
        query=PageQuery,
        answer=c.SiteList,
    )
    def list_sites(request: Request) -> c.SiteList:
        return directory.list_sites(wiring.services(), request.call, request.query)

    @edge.operation(
        "PUT",
        "/appointments/sites/{site_id}",
        summary="Replace a site's data",
        body=c.SiteBody,
        answer=c.Site,
        versioned=True,
        errors=(NotFound, StaleVersion),
    )
    def change_site(request: Request) -> Answer:
        site = directory.change_site(
            wiring.services(),
            request.call,
            request.id("site_id"),
            request.body,
            request.if_match,
        )
        return Answer(site, site.version)

    @edge.operation(
        "GET", "/appointments/sites/{site_id}/affected", query=c.AffectedQuery,
        answer=c.AffectedList, errors=(NotFound,),
        summary="Future appointments that fall on holidays of a site",
    )  # fmt: skip
    def list_affected_site(request: Request) -> c.AffectedList:
        who = request.id("site_id")
        return affected_appointments.of_site(wiring.services(), request.call, who, request.query)


def _practitioners(edge: Edge) -> None:

    @edge.operation(
        "POST",
        "/appointments/practitioners",
        summary="Register a practitioner",
        body=c.PractitionerBody,
        answer=c.Practitioner,
        status=201,
        idempotent=True,
        errors=(Invalid,),
    )
    def add_practitioner(request: Request) -> Answer:
        person = directory.add_practitioner(wiring.services(), request.call, request.body)
        return Answer(person, person.version)

    @edge.operation(
        "GET",
        "/appointments/practitioners",
        summary="The institution's practitioners",
        query=PageQuery,
        answer=c.PractitionerList,
    )
    def list_practitioners(request: Request) -> c.PractitionerList:
        return directory.list_practitioners(wiring.services(), request.call, request.query)

    @edge.operation(
        "PUT",
        "/appointments/practitioners/{practitioner_id}",
        summary="Replace a practitioner's data",
        body=c.PractitionerBody,
        answer=c.Practitioner,
        versioned=True,
        errors=(Invalid, NotFound, StaleVersion),
    )
    def change_practitioner(request: Request) -> Answer:
        who = request.id("practitioner_id")
        person = directory.change_practitioner(
            wiring.services(), request.call, who, request.body, request.if_match
        )
        return Answer(person, person.version)


def _hours(edge: Edge) -> None:

    @edge.operation(
        "GET",
        "/appointments/practitioners/{practitioner_id}/availability",
        summary="When a practitioner receives patients",
        answer=c.Availability,
        errors=(NotFound,),
    )
    def read_hours(request: Request) -> Answer:
        who = request.id("practitioner_id")
        hours = directory.read_hours(wiring.services(), request.call, who)
        return Answer(hours, hours.version)

    @edge.operation(
        "PUT",
        "/appointments/practitioners/{practitioner_id}/availability",
        summary='Set when a practitioner receives patients; If-Match "0" the first time',
        body=c.AvailabilityBody,
        answer=c.Availability,
        versioned=True,
        errors=(Invalid, NotFound, StaleVersion),
    )
    def put_hours(request: Request) -> Answer:
        who = request.id("practitioner_id")
        hours = directory.put_hours(
            wiring.services(), request.call, who, request.body, request.if_match
        )
        return Answer(hours, hours.version)

    @edge.operation(
        "GET", "/appointments/practitioners/{practitioner_id}/affected", query=c.AffectedQuery,
        answer=c.AffectedList, errors=(NotFound,),
        summary="Future appointments that do not fit the opening hours",
    )  # fmt: skip
    def list_affected_practitioner(request: Request) -> c.AffectedList:
        who = request.id("practitioner_id")
        return affected_appointments.of_practitioner(
            wiring.services(), request.call, who, request.query
        )


def _categories(edge: Edge) -> None:

    @edge.operation(
        "GET",
        "/appointments/categories",
        summary="Kinds of appointment",
        query=PageQuery,
        answer=c.CategoryList,
    )
    def list_categories(request: Request) -> c.CategoryList:
        return directory.list_categories(wiring.services(), request.call, request.query)

    @edge.operation(
        "PUT",
        "/appointments/categories/{code}",
        summary='Create or replace a kind of appointment; If-Match "0" creates',
        body=c.CategoryBody,
        answer=c.Category,
        versioned=True,
        errors=(Invalid, StaleVersion),
    )
    def put_category(request: Request) -> Answer:
        code = request.path["code"]
        if not _CODE.fullmatch(code):
            raise NotFound
        category = directory.put_category(
            wiring.services(), request.call, code, request.body, request.if_match
        )
        return Answer(category, category.version)
