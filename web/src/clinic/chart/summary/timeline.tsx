import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useNames, useTimeline, type TimelineEntry } from '../../data/chart/chart';
import { useFormTitles } from '../../data/chart/forms';
import { Empty, Loaded } from '../../kit/states';
import { Withheld } from '../../kit/withheld';
import { longDay, time } from '../../language/format';
import { measuredText } from '../../language/measured';
import classes from '../base/chart.module.css';
import type { SectionProps } from '../base/section';

/** Everything that was added to the chart, newest first, by day. */
export function TimelineSection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const timeline = useTimeline(patientId);
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('chart.sections.timeline')}
      </Title>
      <Loaded query={timeline}>
        {({ items, withheld }) => (
          <>
            <Withheld count={withheld} />
            {items.length === 0 ? (
              <Paper p="lg">
                <Empty icon={IconActivity} title={t('chart.timelineEmpty')} body={t('chart.timelineEmptyBody')} />
              </Paper>
            ) : (
              byDay(items).map(([day, entries]) => <Day key={day} day={day} entries={entries} patientId={patientId} />)
            )}
          </>
        )}
      </Loaded>
      {timeline.hasNextPage && (
        <Button variant="default" loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          {t('chart.more')}
        </Button>
      )}
    </Stack>
  );
}

interface DayProps {
  readonly day: string;
  readonly entries: readonly TimelineEntry[];
  readonly patientId: string;
}

function Day({ day, entries, patientId }: DayProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const titleOf = useFormTitles(entries.some((one) => one.kind === 'forms'));
  const said = (one: TimelineEntry) => {
    if (one.kind === 'forms') return titleOf(one.text);
    return one.measured.length > 0 ? measuredText(one.measured, t) : one.text;
  };
  return (
    <section aria-label={day}>
      <Title order={3} size="h5" mb="xs">
        {day}
      </Title>
      <ol className={classes.timeline}>
        {entries.map((one) => (
          <li key={`${one.kind} ${one.id} ${one.version}`} className={classes.moment}>
            <Text size="sm" c="dimmed" className="numeric">
              {time(one.at)} · {nameOf(one.by)}
            </Text>
            <Link className={classes.link} to={addressOf(one, patientId)}>
              {kindOf(one.kind, t)}
              {said(one) !== '' && `: ${said(one)}`}
            </Link>
            {one.version > 1 && one.kind !== 'encounters' && (
              <Text size="sm" c="dimmed" span>
                {' '}
                {t('chart.changed', { version: one.version })}
              </Text>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function byDay(items: readonly TimelineEntry[]): readonly (readonly [string, readonly TimelineEntry[]])[] {
  const days = new Map<string, TimelineEntry[]>();
  for (const one of items) {
    const day = `${longDay(new Date(one.at))} ${new Date(one.at).getFullYear()}`;
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days];
}

const SECTION_OF: Readonly<Record<string, string>> = {
  medications: 'medicines',
  'family-history': 'history',
  'social-history': 'history',
};

function addressOf(one: TimelineEntry, patientId: string): string {
  const chart = `/patients/${patientId}`;
  return one.kind === 'encounters' ? `${chart}/encounters/${one.id}` : `${chart}/${SECTION_OF[one.kind] ?? one.kind}`;
}

/** The name of a kind; one that this version does not know is shown as it is. */
function kindOf(kind: string, t: TFunction): string {
  switch (kind) {
    case 'encounters':
    case 'vitals':
    case 'forms':
    case 'documents':
    case 'problems':
    case 'allergies':
    case 'medications':
    case 'immunizations':
    case 'procedures':
    case 'family-history':
    case 'social-history':
    case 'consents':
      return t(`chart.event.${kind}`);
    default:
      return kind;
  }
}
