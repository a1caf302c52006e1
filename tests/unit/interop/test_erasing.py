"""A shredded record takes with it what others wrote about the patient."""

import pytest

from schemas.custody import RecordShredded
from telesalud.interop import wiring
from telesalud.interop.handlers import handlers
from telesalud.platform.events import Event
from tests.worlds.interop.hub import hub, observation
from tests.worlds.world import TENANT


def test_what_others_wrote_opens_no_more_and_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    client = hub(monkeypatch)
    gone, staying = client.patient("1"), client.patient("2")
    pulse = client.add(observation(gone))
    client.put(f"Observation/{pulse}", observation(gone, id=pulse))
    other = client.add(observation(staying))
    event = Event(
        id="019ab000-0000-7000-8000-0000000e0001",
        type="patients.record_shredded",
        tenant=TENANT,
        subject=gone,
        sequence=1,
        at=client.world.clock(),
        data=RecordShredded(patient_id=gone, member_ids=(gone,)).model_dump(mode="json"),
    )
    for _ in range(2):
        handlers(wiring.services)[event.type](event)
    assert client.get(f"Observation/{pulse}").status == 410
    assert client.get(f"Observation/{pulse}/_history/1").status == 410
    assert client.get(f"Patient/{gone}").status == 410
    assert client.ids("Observation") == [other]
    assert client.ids(f"Observation?patient={gone}") == []
    assert client.post("Observation", observation(gone)).status in (410, 422)
    assert ("interop.shredded", gone, "done") in client.world.audited()
