import { ActionIcon, Button, Popover, SegmentedControl, Select, Stack } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconCalendarPlus,
  IconChevronLeft,
  IconChevronRight,
  IconUsersGroup,
} from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Practitioner, Site } from '../data/agenda';
import { DESK, useHasRole } from '../data/session/roles';
import { DateField } from '../kit/date_field';
import { specialtyOptions } from '../language/specialties';
import { addDays, addMonths, isDay, today } from '../language/zone';
import classes from './toolbar.module.css';
import { ALL, VIEWS, type AgendaView } from './view';

interface ToolbarProps {
  readonly agenda: AgendaView;
  readonly sites: readonly Site[];
  readonly practitioners: readonly Practitioner[];
  readonly onBook: () => void;
}

export const Toolbar = memo(function Toolbar({ agenda, sites, practitioners, onBook }: ToolbarProps) {
  const { t } = useTranslation();
  const { view, day, show } = agenda;
  const step = (by: 1 | -1) => {
    if (view === 'month') show({ day: addMonths(day, by) });
    else show({ day: addDays(day, view === 'week' ? by * 7 : by) });
  };
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const filters = <Filters agenda={agenda} sites={sites} practitioners={practitioners} />;
  return (
    <div className={classes.toolbar}>
      <SegmentedControl
        className={classes.view ?? ''}
        aria-label={t('agenda.view')}
        value={view}
        onChange={(value) => show({ view: VIEWS.find((each) => each === value) ?? 'list' })}
        data={VIEWS.map((value) => ({ value, label: t(`agenda.${value}`) }))}
      />
      <div className={classes.days}>
        <ActionIcon size={36} variant="default" aria-label={t('agenda.previous')} onClick={() => step(-1)}>
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <DateField
          aria-label={t('agenda.day')}
          w={136}
          value={day}
          onChange={(value) => isDay(value) && show({ day: value })}
        />
        <ActionIcon size={36} variant="default" aria-label={t('agenda.next')} onClick={() => step(1)}>
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
        <Button variant="default" px="sm" onClick={() => show({ day: today(agenda.zone) })}>
          {t('agenda.today')}
        </Button>
      </div>
      {wide ? (
        <div className={classes.filters}>{filters}</div>
      ) : (
        <Popover position="bottom-end" withinPortal={false} trapFocus returnFocus>
          <Popover.Target>
            <ActionIcon size={36} variant="default" className={classes.filter ?? ''} aria-label={t('agenda.filters')}>
              <IconAdjustmentsHorizontal size={18} aria-hidden />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown aria-label={t('agenda.filters')}>
            <Stack gap="xs">{filters}</Stack>
          </Popover.Dropdown>
        </Popover>
      )}
      <div className={classes.actions}>{wide ? <Actions onBook={onBook} /> : <SmallActions onBook={onBook} />}</div>
    </div>
  );
});

type ActionsProps = Pick<ToolbarProps, 'onBook'>;

function Actions({ onBook }: ActionsProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  return (
    <>
      {has(DESK) && (
        <Button component={Link} to="/groups" variant="default" leftSection={<IconUsersGroup size={18} aria-hidden />}>
          {t('groups.title')}
        </Button>
      )}
      <Button leftSection={<IconCalendarPlus size={18} aria-hidden />} onClick={onBook}>
        {t('agenda.book')}
      </Button>
    </>
  );
}

/** Pictures alone, where there is no room for words. */
function SmallActions({ onBook }: ActionsProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  return (
    <>
      {has(DESK) && (
        <ActionIcon component={Link} to="/groups" size={36} variant="default" aria-label={t('groups.title')}>
          <IconUsersGroup size={18} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon size={36} variant="filled" aria-label={t('agenda.book')} onClick={onBook}>
        <IconCalendarPlus size={18} aria-hidden />
      </ActionIcon>
    </>
  );
}

/** A list elsewhere in the document would close the popover that its field is in. */
const WITHIN = { withinPortal: false };

function Filters({ agenda, sites, practitioners }: Omit<ToolbarProps, 'onBook'>) {
  const { t } = useTranslation();
  const { people, who, view, site, specialty, show } = agenda;
  const specialties = [...new Set(practitioners.flatMap((p) => p.specialties))];
  const together = view === 'day' || view === 'list';
  const chosen = practitioners.find((p) => p.id === who);
  const shown = chosen && !people.includes(chosen) ? [chosen, ...people] : people;
  return (
    <>
      {sites.length > 1 && (
        <Select
          comboboxProps={WITHIN}
          label={t('agenda.site')}
          data={sites.map((s) => ({ value: s.id, label: s.name }))}
          value={site?.id ?? null}
          allowDeselect={false}
          onChange={(id) => id !== null && show({ site: id })}
        />
      )}
      {specialties.length > 1 && (
        <Select
          comboboxProps={WITHIN}
          label={t('agenda.specialty')}
          placeholder={t('agenda.anySpecialty')}
          data={specialtyOptions(specialties)}
          value={specialty}
          clearable
          searchable
          onChange={(code) => show({ specialty: code })}
        />
      )}
      <Select
        comboboxProps={WITHIN}
        label={t('agenda.practitioner')}
        data={[
          ...(together ? [{ value: ALL, label: t('agenda.everybody') }] : []),
          ...shown.map((p) => ({ value: p.id, label: p.name })),
        ]}
        value={who}
        allowDeselect={false}
        searchable
        onChange={(id) => id !== null && show({ who: id })}
      />
    </>
  );
}
