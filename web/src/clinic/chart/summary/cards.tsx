import { Button, Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ActiveEntry, Summary } from '../../data/chart/chart';
import { Flag } from '../../kit/flag';
import { codesText } from '../../language/codes';
import { dateOf, day } from '../../language/format';
import { Status } from '../encounter/list';
import classes from './summary.module.css';

interface CardProps {
  readonly title: string;
  /** The section that says more; left out where there is none. */
  readonly to?: string;
  /** Whether there is nothing yet, so that adding is what one comes for. */
  readonly empty?: boolean;
  readonly children: ReactNode;
}

export function Card({ title, to, empty = false, children }: CardProps) {
  const { t } = useTranslation();
  return (
    <Paper component="section" className={classes.card ?? ''} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Title order={3} size="h6">
          {title}
        </Title>
        {to !== undefined && (
          <Button
            component={Link}
            to={empty ? `${to}?add` : to}
            size="compact-sm"
            variant="subtle"
            flex="none"
            aria-label={t(empty ? 'chart.addTo' : 'chart.openSection', { section: title })}
          >
            {t(empty ? 'chart.add' : 'chart.open')}
          </Button>
        )}
      </Group>
      {children}
    </Paper>
  );
}

/** How many of each are shown before a link leads to the rest. */
const SHOWN = 5;

interface EntriesProps {
  readonly entries: readonly ActiveEntry[];
  readonly empty: string;
  readonly to: string;
}

export function Entries({ entries, empty, to }: EntriesProps) {
  const { t } = useTranslation();
  if (entries.length === 0) return <Nothing>{empty}</Nothing>;
  const rest = entries.length - SHOWN;
  return (
    <>
      <ul className={classes.lines}>
        {entries.slice(0, SHOWN).map((one) => (
          <Line key={one.id} entry={one} />
        ))}
      </ul>
      {rest > 0 && <Link to={to}>{t('chart.moreOfThem', { count: rest })}</Link>}
    </>
  );
}

export function Nothing({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function Line({ entry }: { readonly entry: ActiveEntry }) {
  const { t } = useTranslation();
  if (entry.none_known) return <li>{t('chart.allergiesNone')}</li>;
  const known = { year: 4, month: 7 }[entry.since_precision ?? ''] ?? 10;
  const since = entry.since && t('chart.since', { date: day(entry.since.slice(0, known)) });
  const facts = [entry.detail, codesText(entry.codes), since].filter(Boolean);
  return (
    <li>
      <strong>{entry.text}</strong>{' '}
      {entry.criticality === 'high' && <Flag kind="danger">{t('lists.option.criticality-high')}</Flag>}
      {entry.verification === 'unconfirmed' && (
        <Flag kind="plain">{t('lists.option.verification-unconfirmed')}</Flag>
      )}{' '}
      <span className={classes.facts}>{facts.join(' · ')}</span>
    </li>
  );
}

/** The last ones, each a line that leads to it. */
export function Encounters({ encounters }: Pick<Summary, 'encounters'>) {
  const { t } = useTranslation();
  if (encounters.length === 0) return <Nothing>{t('chart.noEncounters')}</Nothing>;
  return (
    <ul className={classes.lines}>
      {encounters.map((one) => (
        <li key={one.id} className={classes.between}>
          <span>
            <Link className={classes.link} to={`/patients/${one.patient}/encounters/${one.id}`}>
              {one.reason ?? t(`chart.kind.${one.kind}`)}
            </Link>{' '}
            <span className={classes.facts}>
              {[dateOf(one.started_at), ...one.practitioners.map((p) => p.name)].join(' · ')}
            </span>
          </span>
          <Status encounter={one} />
        </li>
      ))}
    </ul>
  );
}
