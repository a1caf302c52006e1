"""Whoever reads measurements hears how high a site is, and of every change."""

from schemas.agendas import SiteBody
from telesalud.appointments.places import directory
from tests.worlds.appointments.clinic import Clinic, desk
from tests.worlds.world import call


def test_a_sites_altitude_is_announced_with_every_change() -> None:
    clinic = Clinic()
    for altitude in (3827, 3830):
        body = SiteBody(name="Sede Demostración", zone="America/Lima", altitude_m=altitude)
        version = 1 if altitude == 3827 else 2
        directory.change_site(clinic.services, call(desk()), clinic.site, body, version)
    told = [e for e in clinic.world.events() if e.type == "appointments.site_changed"]
    assert [(e.sequence, e.data["altitude_m"]) for e in told] == [(1, None), (2, 3827), (3, 3830)]
    assert {e.data["site_id"] for e in told} == {clinic.site}
