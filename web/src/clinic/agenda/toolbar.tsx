import { ActionIcon, Button, Group, SegmentedControl, Select } from '@mantine/core';
import { IconCalendarPlus, IconChevronLeft, IconChevronRight, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DESK, useHasRole } from '../auth/roles';
import { DateField } from '../layout/date_field';
import type { Practitioner, Site } from './data';
import { ALL, VIEWS, type AgendaView } from './view';
import { addDays, addMonths, isDay, today } from './zone';

interface ToolbarProps {
  readonly agenda: AgendaView;
  readonly sites: readonly Site[];
  readonly practitioners: readonly Practitioner[];
  readonly onBook: () => void;
}

export function Toolbar({ agenda, sites, practitioners, onBook }: ToolbarProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const { view, day, show } = agenda;
  const step = (by: 1 | -1) => {
    if (view === 'month') show({ day: addMonths(day, by) });
    else show({ day: addDays(day, view === 'week' ? by * 7 : by) });
  };
  return (
    <Group justify="space-between" align="flex-end">
      <Group align="flex-end" gap="xs">
        <SegmentedControl
          aria-label={t('agenda.view')}
          value={view}
          onChange={(value) => show({ view: VIEWS.find((each) => each === value) ?? 'list' })}
          data={VIEWS.map((value) => ({ value, label: t(`agenda.${value}`) }))}
        />
        <Group gap={4} wrap="nowrap">
          <ActionIcon size={36} variant="default" aria-label={t('agenda.previous')} onClick={() => step(-1)}>
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <DateField aria-label={t('agenda.day')} w={148} value={day} onChange={(value) => isDay(value) && show({ day: value })} />
          <ActionIcon size={36} variant="default" aria-label={t('agenda.next')} onClick={() => step(1)}>
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
          <Button variant="default" px="sm" onClick={() => show({ day: today(agenda.zone) })}>
            {t('agenda.today')}
          </Button>
        </Group>
      </Group>
      <Group align="flex-end" gap="xs">
        <Filters agenda={agenda} sites={sites} practitioners={practitioners} />
        {has(DESK) && (
          <Button component={Link} to="/groups" variant="default" leftSection={<IconUsersGroup size={18} aria-hidden />}>
            {t('groups.title')}
          </Button>
        )}
        <Button leftSection={<IconCalendarPlus size={18} aria-hidden />} onClick={onBook}>
          {t('agenda.book')}
        </Button>
      </Group>
    </Group>
  );
}

function Filters({ agenda, sites, practitioners }: Omit<ToolbarProps, 'onBook'>) {
  const { t } = useTranslation();
  const { people, who, view, site, specialty, show } = agenda;
  const specialties = [...new Set(practitioners.flatMap((p) => p.specialties))].sort();
  const together = view === 'day' || view === 'list';
  const chosen = practitioners.find((p) => p.id === who);
  const shown = chosen && !people.includes(chosen) ? [chosen, ...people] : people;
  return (
    <>
      {sites.length > 1 && (
        <Select
          label={t('agenda.site')}
          data={sites.map((s) => ({ value: s.id, label: s.name }))}
          value={site?.id ?? null}
          allowDeselect={false}
          w={200}
          onChange={(id) => id !== null && show({ site: id })}
        />
      )}
      {specialties.length > 1 && (
        <Select
          label={t('agenda.specialty')}
          placeholder={t('agenda.anySpecialty')}
          data={specialties}
          value={specialty}
          clearable
          searchable
          w={190}
          onChange={(code) => show({ specialty: code })}
        />
      )}
      <Select
        label={t('agenda.practitioner')}
        data={[
          ...(together ? [{ value: ALL, label: t('agenda.everybody') }] : []),
          ...shown.map((p) => ({ value: p.id, label: p.name })),
        ]}
        value={who}
        allowDeselect={false}
        searchable
        w={250}
        onChange={(id) => id !== null && show({ who: id })}
      />
    </>
  );
}
