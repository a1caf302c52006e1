import { Alert, Button, Group, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Slot,
  type SlotSearch,
  titleOf,
  useCategories,
  usePractitioners,
  useSites,
  useSlots,
} from '../data/agenda';
import { OVERRULE, useHasRole } from '../data/session/roles';
import { DateField } from '../kit/date_field';
import { dateParts, time } from '../language/format';
import { explain } from '../language/refusals';
import { specialtyOptions } from '../language/specialties';
import { HERE, isDay, wallClock } from '../language/zone';
import { ExactTime } from './exact_time';

interface FindSlotProps {
  readonly practitioner: string | null;
  readonly site: string | null;
  readonly from: string;
  /** Fixed when an appointment is moved: it stays what it is. */
  readonly category: string | null;
  readonly onCategory?: (code: string | null) => void;
  readonly chosen: Slot | undefined;
  readonly onChoose: (slot: Slot | undefined) => void;
}

/** The first free times of a practitioner, of a specialty, or of anybody at a site. */
export function FindSlot(props: FindSlotProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const people = (usePractitioners().data ?? []).filter((p) => p.active);
  const sites = useSites().data ?? [];
  const categories = (useCategories().data ?? []).filter((c) => c.active || c.code === props.category);
  const [who, setWho] = useState(props.practitioner);
  const [specialty, setSpecialty] = useState<string | null>(null);
  const [site, setSite] = useState(props.practitioner === null ? props.site : null);
  const [from, setFrom] = useState(props.from);
  const specialties = [...new Set(people.flatMap((p) => p.specialties))];
  const named = who !== null || specialty !== null || site !== null;
  const search: SlotSearch | undefined =
    named && props.category !== null && isDay(from)
      ? {
          ...(who !== null ? { practitioner: who } : specialty !== null && { specialty }),
          ...(site !== null && { site }),
          category: props.category,
          from_date: from,
        }
      : undefined;
  const slots = useSlots(search);
  const person = search && people.find((p) => p.id === who);
  const place = sites.find((s) => (site === null ? person?.sites.includes(s.id) : s.id === site));
  const kind = categories.find((c) => c.code === props.category);
  const change =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      props.onChoose(undefined); // a time of another search must not be booked
    };
  return (
    <Stack>
      <div className="columns-2">
        <Select
          label={t('book.category')}
          data={categories.map((c) => ({ value: c.code, label: titleOf(c) }))}
          value={props.category}
          disabled={props.onCategory === undefined}
          onChange={change((code: string | null) => props.onCategory?.(code))}
        />
        <DateField label={t('book.from')} value={from} onChange={change(setFrom)} />
        <Select
          label={t('agenda.practitioner')}
          placeholder={t('book.anybody')}
          data={people.map((p) => ({ value: p.id, label: p.name }))}
          value={who}
          clearable
          searchable
          onChange={change(setWho)}
        />
        {who === null && specialties.length > 0 && (
          <Select
            label={t('agenda.specialty')}
            placeholder={t('agenda.anySpecialty')}
            data={specialtyOptions(specialties)}
            value={specialty}
            clearable
            searchable
            onChange={change(setSpecialty)}
          />
        )}
        {sites.length > 1 && (
          <Select
            label={t('agenda.site')}
            placeholder={t('book.anySite')}
            data={sites.map((s) => ({ value: s.id, label: s.name }))}
            value={site}
            clearable
            onChange={change(setSite)}
          />
        )}
      </div>
      {!search && <Text c="dimmed">{t('book.nameSomething')}</Text>}
      {search && slots.isError && <Alert color="red">{explain(slots.error, t)}</Alert>}
      {search && !slots.isError && !slots.data && <Skeleton height={120} aria-busy />}
      {person && place && kind && has(OVERRULE) && (
        <ExactTime
          key={`${person.id} ${from}`}
          practitioner={person}
          site={place}
          category={kind}
          day={from}
          onChoose={props.onChoose}
        />
      )}
      {slots.data && <Slots slots={slots.data} chosen={props.chosen} named={who === null} onChoose={props.onChoose} />}
    </Stack>
  );
}

interface SlotsProps {
  readonly slots: readonly Slot[];
  readonly chosen: Slot | undefined;
  /** Whether to say whose each is. */
  readonly named: boolean;
  readonly onChoose: (slot: Slot) => void;
}

function Slots({ slots, chosen, named, onChoose }: SlotsProps) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  if (slots.length === 0) {
    return (
      <Alert color="yellow" p="xs" role="status">
        {t('book.noSlots')}
      </Alert>
    );
  }
  const zoneOf = (slot: Slot) => sites.find((s) => s.id === slot.site)?.zone ?? HERE;
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const { day } = wallClock(slot.start, zoneOf(slot));
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" size="sm" fw={500} mb={6}>
        {t('book.slot')}
      </Text>
      <Stack gap="sm" mah={280} style={{ overflowY: 'auto' }}>
        {[...days].map(([day, ofDay]) => (
          <div key={day}>
            <Title order={3} size="h6" mb={4}>
              {dateParts(day, { weekday: 'long', day: 'numeric', month: 'long' })}
            </Title>
            <Group gap="xs">
              {ofDay.map((slot) => (
                <Button
                  key={`${slot.practitioner} ${slot.start}`}
                  size="xs"
                  variant={slot === chosen ? 'filled' : 'default'}
                  aria-pressed={slot === chosen}
                  className="numeric"
                  onClick={() => onChoose(slot)}
                >
                  {time(slot.start, zoneOf(slot))}
                  {named && ` · ${slot.practitioner_name}`}
                </Button>
              ))}
            </Group>
          </div>
        ))}
      </Stack>
    </fieldset>
  );
}
