import { Text, Title } from '@mantine/core';
import { type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Pending, Reason, WorkItem } from '../data/worklists';
import { Tag, type Tone } from '../kit/tag';
import { dateAndTime } from '../language/format';
import type { Entry, Group } from './groups';
import classes from './worklists.module.css';

const TONES: Readonly<Record<Reason, Tone>> = {
  critical_result: 'danger',
  unsigned_result_late: 'warn',
  unanswered_order: 'warn',
  unsigned_result: 'calm',
};

/** One group of the inbox; the arrows go from one entry to the next. */
export function Entries({ group, entries }: { readonly group: Group; readonly entries: readonly Entry[] }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby={`work-${group}`}>
      <Title id={`work-${group}`} order={2} size="h4" mb="xs">
        {t(`worklists.group.${group}`)}
      </Title>
      <ul className={classes.list} aria-labelledby={`work-${group}`} onKeyDown={step}>
        {entries.map((entry) => (
          <li key={'order' in entry ? entry.order.order : entry.encounter.encounter}>
            {'order' in entry ? <OrderRow item={entry.order} /> : <EncounterRow item={entry.encounter} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function step(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function EncounterRow({ item }: { readonly item: Pending }) {
  const { t } = useTranslation();
  const facts = [
    t(`chart.kind.${item.kind}`),
    dateAndTime(item.started_at),
    t('find.record', { number: item.record_number }),
    item.practitioners.join(', '),
  ];
  return (
    <Row to={`/patients/${item.patient}/encounters/${item.encounter}`} name={item.patient_name} facts={facts}>
      {item.imported ? (
        <Tag tone="warn">{t('worklists.imported')}</Tag>
      ) : (
        <Tag tone="calm">{t(`worklists.task.${item.task}`)}</Tag>
      )}
    </Row>
  );
}

function OrderRow({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const facts = [
    t(`orders.orderKinds.${item.kind}`),
    t('worklists.since', { moment: dateAndTime(item.since) }),
    item.priority === 'routine' ? '' : t(`orders.priority.${item.priority}`),
  ];
  return (
    <Row to={`?order=${item.order}`} name={item.patient_name} facts={facts}>
      <Tag tone={TONES[item.reason]}>{t(`worklists.reason.${item.reason}`)}</Tag>
    </Row>
  );
}

interface RowProps {
  readonly to: string;
  readonly name: string;
  readonly facts: readonly string[];
  readonly children: ReactNode;
}

function Row({ to, name, facts, children }: RowProps) {
  return (
    <Link className={classes.entry} to={to}>
      <span className={classes.who}>
        <Text span fw={600} display="block">
          {name}
        </Text>
        <Text span size="sm" c="dimmed" className="numeric" display="block">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </span>
      {children}
    </Link>
  );
}
