"""Entries of the chart: recording, revising, reading. Nothing is ever erased.

    CHART#<t>#<patient> / ENTRY#<kind>#<id>               the present version
    CHART#<t>#<patient> / HISTORY#<kind>#<id>#<nnnnnn>    each version, the present one included

A change writes the entry, its history, its line of the timeline, and (problems, allergies,
medications) the summary's list of what is in force, in one transaction. An entry that was recorded
before two patients were merged stays where it is and is found through both charts.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import chart as c
from schemas.consents import ConsentText
from schemas.encounters import Sensitivity
from schemas.summary import TimelineEntry
from telesalud.patients import country
from telesalud.patients.access.opening import Chart, chart_partition, labels, open_chart
from telesalud.patients.access.paging import owner_of, page
from telesalud.patients.chart import codes, timeline, vaccinations
from telesalud.patients.chart.kinds import KINDS, Entry, Kind, Life, announcement, checked
from telesalud.patients.chart.partial_dates import split
from telesalud.patients.chart.stored import (
    StoredAllergy,
    StoredConsent,
    StoredEntry,
    StoredImmunization,
    StoredProblem,
)
from telesalud.patients.encounters.references import check_encounter
from telesalud.patients.policy import READ_RECORD, WRITE_RECORD
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Active
from telesalud.platform.errors import Conflict, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

if TYPE_CHECKING:
    from telesalud.patients.terminology.search import TerminologyIndex


class Where(NamedTuple):
    """An entry by its address."""

    patient: str
    kind: c.EntryKind
    entry: str


class _Change(NamedTuple):
    """An entry as it will be, and as it was."""

    kind: Kind
    owner: str
    after: StoredEntry
    before: StoredEntry | None = None


def record(
    services: Services,
    call: Call,
    patient: str,
    body: c.AnyBody,
    index: "TerminologyIndex | None" = None,
) -> Entry:
    """Add an entry. Raises Forbidden, NotFound, Invalid, Conflict."""
    kind = _kind_of(body)

    def step() -> Entry:
        chart = _open(services, call, patient, kind, WRITE_RECORD)
        ready = _ready(chart, body, index)
        if isinstance(body, c.ImmunizationBody):
            vaccinations.ask_if_twice(chart, body)
        after = _recorded(chart, kind, services.new_id(), ready)
        changes = [_Change(kind, chart.patient, after)]
        changes += _settle_none_known(chart, after)
        return _commit(chart, changes, "patients.record_entry")

    return retrying(step)


def revise(
    services: Services,
    call: Call,
    where: Where,
    body: c.AnyBody,
    version: int,
    *,
    index: "TerminologyIndex | None" = None,
) -> Entry:
    """Replace an entry by a new version. Raises Forbidden, NotFound, Invalid, StaleVersion."""
    kind = KINDS[where.kind]

    def step() -> Entry:
        chart = _open(services, call, where.patient, kind, WRITE_RECORD)
        item = _find(chart, kind, where.entry)
        if item.version != version:
            raise StaleVersion
        before = _opened(chart, kind, item)
        chart.require(before.sensitivity)
        ready = _ready(chart, body, index, before)
        after = _revised(chart, before, ready)
        changes = [_Change(kind, owner_of(item), after, before)]
        changes += _settle_none_known(chart, after)
        try:
            return _commit(chart, changes, "patients.revise_entry")
        except ConditionFailed as failed:
            if failed.at(item.key):
                raise StaleVersion from failed
            raise

    return retrying(step)


def list_entries(
    services: Services, call: Call, patient: str, kind: Kind, query: c.ChartQuery
) -> tuple[Sequence[Entry], int, str | None]:
    """Present versions, latest recorded first; how many are withheld; the next page's cursor.

    Audited. Raises Forbidden, NotFound, Invalid.
    """
    chart = _open(services, call, patient, kind, READ_RECORD)
    found = page(chart, (kind.prefix,), query)
    chart.log(f"patients.list_{kind.name}", f"patient/{chart.patient}")
    entries = [_as_it_stands(chart, kind, _opened(chart, kind, item)) for item in found.items]
    shown = tuple(kind.shown(entry) for entry in entries if chart.sees(entry.sensitivity))
    return shown, len(entries) - len(shown), found.cursor


def history(services: Services, call: Call, where: Where) -> Sequence[Entry]:
    """Every version, oldest first; audited. Raises Forbidden, NotFound."""
    kind = KINDS[where.kind]
    chart = open_chart(services, call, where.patient, READ_RECORD)
    item = _find(chart, kind, where.entry)
    chart.require(_opened(chart, kind, item).sensitivity)
    prefix = f"HISTORY#{kind.name}#{where.entry}#"
    versions = [
        kind.shown(_opened(chart, kind, version))
        for version in every(services.store, item.key.pk, prefix, page_size=1000)
    ]
    chart.log("patients.read_entry", f"{kind.name}/{where.entry}")
    return versions


def consent_words(services: Services, call: Call, patient: str, entry: str) -> ConsentText:
    """Every word that a consent of a teleconsultation is about; audited.

    Raises Forbidden, NotFound, also for a consent that was typed in without its words.
    """
    kind = KINDS[c.EntryKind.CONSENT]
    chart = open_chart(services, call, patient, READ_RECORD)
    found = _opened(chart, kind, _find(chart, kind, entry))
    chart.require(found.sensitivity)
    if not isinstance(found, StoredConsent) or found.words is None:
        raise NotFound("the words of this consent are not kept here")
    chart.log("patients.read_entry", f"{kind.name}/{entry}")
    return found.words


def _kind_of(body: c.AnyBody) -> Kind:
    return next(kind for kind in KINDS.values() if type(body) is kind.body)


def _open(services: Services, call: Call, patient: str, kind: Kind, right: str) -> Chart:
    names: tuple[str, ...] = (parts.active(kind.name),) if kind.line else ()
    if kind.name is c.EntryKind.IMMUNIZATION:
        names = (vaccinations.TURN,)
    return open_chart(services, call, patient, right, names=names)


def _ready(
    chart: Chart,
    body: c.AnyBody,
    index: "TerminologyIndex | None",
    before: StoredEntry | None = None,
) -> dict[str, Any]:
    """The fields of a checked body, with its codes looked up and its labels complete."""
    person = chart.found.stored.body
    born = None if person.birth_date_estimated else person.birth_date
    today = country.today(chart.services, chart.tenant)
    tidy = checked(body, Life(born, person.deceased_on, today), chart.services.clock())
    fields = {name: getattr(tidy, name) for name in type(tidy).model_fields}
    implied: set[Sensitivity] = set()
    if "diagnoses" in fields:
        fields["diagnoses"] = codes.diagnoses(fields["diagnoses"], index)
        implied = codes.sensitivity_of(fields["diagnoses"])
    if isinstance(tidy, c.ImmunizationBody):
        given = before if isinstance(before, StoredImmunization) else None
        fields["notifiable_since"] = vaccinations.notifiable_since(chart, tidy, given)
    if isinstance(tidy, c.ProblemBody):
        from telesalud.patients.surveillance import cases  # noqa: PLC0415  # diagnoses only

        known = before if isinstance(before, StoredProblem) else None
        fields["notifiable_since"] = cases.since(chart.services, chart.tenant, fields, known)
    for answer in ("confirm_not_duplicate", "confirm_objections"):
        fields.pop(answer, None)
    fields["sensitivity"] = labels((*fields["sensitivity"], *implied))
    if before is None or fields["encounter"] != before.encounter:
        check_encounter(chart, fields["encounter"])
    return split(fields)


def _recorded(chart: Chart, kind: Kind, entry: str, fields: dict[str, Any]) -> StoredEntry:
    return kind.stored(
        id=entry,
        patient=chart.patient,
        version=1,
        recorded_by=chart.call.caller.subject,
        recorded_at=chart.services.clock(),
        **fields,
    )


def _revised(chart: Chart, before: StoredEntry, fields: dict[str, Any]) -> StoredEntry:
    """The next version: what it does not say anew, or does not know, stays."""
    now = {
        "version": before.version + 1,
        "recorded_by": chart.call.caller.subject,
        "recorded_at": chart.services.clock(),
    }
    return before.model_copy(update=fields | now)


def _find(chart: Chart, kind: Kind, entry: str) -> Item:
    keys = [Key(chart_partition(chart.tenant, one), kind.prefix + entry) for one in chart.members]
    found = chart.services.store.get_many(keys)
    if not found:
        raise NotFound("there is no such entry")
    return next(iter(found.values()))


def _opened(chart: Chart, kind: Kind, item: Item) -> StoredEntry:
    scope = Scope(chart.tenant, owner_of(item))
    return open_model(chart.services.vault, scope, item, kind.stored)


def _as_it_stands(chart: Chart, kind: Kind, entry: StoredEntry) -> StoredEntry:
    """The entry; "none known" of one registration is refuted by an allergy of another.

    Both were true of what each knew. Nothing is written, so that taking the merge back restores it.
    """
    if not isinstance(entry, StoredAllergy) or entry.type is not c.AllergyType.NONE_KNOWN:
        return entry
    lines = (
        line
        for member in chart.members
        for line in parts.part_in(chart, member, parts.active(kind.name))
        .read(chart.services.vault, Active)
        .items
    )
    if all(line.none_known for line in lines):
        return entry
    return entry.model_copy(update={"verification": c.Verification.REFUTED})


def _settle_none_known(chart: Chart, after: StoredEntry) -> list[_Change]:
    """An allergy refutes "none known"; "none known" is refused while there is an allergy."""
    kind = KINDS[c.EntryKind.ALLERGY]
    if not isinstance(after, StoredAllergy) or kind.line is None or kind.line(after) is None:
        return []
    vault, name = chart.services.vault, parts.active(kind.name)
    known = [
        line
        for one in chart.members
        for line in parts.part_in(chart, one, name).read(vault, Active).items
        if line.id != after.id
    ]
    if after.type is c.AllergyType.NONE_KNOWN:
        if known:
            raise Conflict("allergies, or that none are known, are recorded; end them first")
        return []
    changes = []
    for line in known:
        if line.none_known:
            item = _find(chart, kind, line.id)
            before = _opened(chart, kind, item)
            refuted = _revised(chart, before, {"verification": c.Verification.REFUTED})
            changes.append(_Change(kind, owner_of(item), refuted, before))
    return changes


def _commit(chart: Chart, changes: Sequence[_Change], action: str) -> Entry:
    """Write all changes; the first is the answer."""
    work = Work(chart.services, chart.call)
    vault = chart.services.vault
    for change in changes:
        _collect(work, chart, change)
        chart.audit(work, action, f"{change.kind.name}/{change.after.id}")
    for owner in dict.fromkeys(change.owner for change in changes):
        mine = [change for change in changes if change.owner == owner]
        kind = mine[0].kind
        if kind.line is not None:
            part = parts.part_in(chart, owner, parts.active(kind.name))
            work.add(part.with_entries(vault, {x.after.id: kind.line(x.after) for x in mine}))
    answer = changes[0].kind.shown(changes[0].after)
    work.commit(answer, answer.version)
    return answer


def _collect(work: Work, chart: Chart, change: _Change) -> None:
    vault, after, kind = chart.services.vault, change.after, change.kind
    scope = Scope(chart.tenant, change.owner)
    partition = chart_partition(chart.tenant, change.owner)
    key = Key(partition, kind.prefix + after.id)
    past = Key(partition, f"HISTORY#{kind.name}#{after.id}#{after.version:06d}")
    when = at_version(after.version - 1) if change.before else ABSENT
    line = TimelineEntry(
        at=after.recorded_at,
        kind=kind.name.value,
        id=after.id,
        version=after.version,
        text=after.text,
        by=after.recorded_by,
    )
    work.add(
        Put(key, {ATTRIBUTE: seal_model(vault, scope, key, after)}, when=when),
        Put(past, {ATTRIBUTE: seal_model(vault, scope, past, after)}, when=ABSENT),
        timeline.note_line(work, scope, line, after.sensitivity),
    )
    if isinstance(after, StoredProblem):
        from telesalud.patients.surveillance import cases  # noqa: PLC0415  # diagnoses only

        known = change.before if isinstance(change.before, StoredProblem) else None
        work.add(*cases.moved(vault, scope, known, after))
    if isinstance(after, StoredImmunization):
        given = change.before if isinstance(change.before, StoredImmunization) else None
        work.add(vaccinations.taken(chart), *vaccinations.told(chart, after, given))
    news = announcement(after, change.before)
    if news is not None:
        type_, fact = news
        work.event(type_, after.id, after.version, fact.model_dump(mode="json"))
