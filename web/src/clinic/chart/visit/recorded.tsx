import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../data/chart/chart';
import type { Entry } from '../../data/chart/entries';
import { useFormTitles } from '../../data/chart/forms';
import { Flag } from '../../kit/flag';
import { dateAndTime } from '../../language/format';
import lists from '../base/lists.module.css';
import { isError, type Field, type Kind } from '../entries/model';
import { shown } from '../entries/shown';
import { Late } from './late';

interface RecordedProps {
  readonly kind: Kind;
  readonly entries: readonly Entry[];
  readonly signed: string | undefined;
}

/** Entries of one kind as they stand now, with who recorded them and when. */
export function Recorded({ kind, entries, signed }: RecordedProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const titleOf = useFormTitles(kind.name === 'consents');
  const factsOf = (entry: Entry) =>
    kind.fields
      .filter((field: Field) => kind.facts.includes(field.name))
      .map((field) => [field, shown(field, entry, t, titleOf)] as const)
      .filter(([, value]) => value !== '')
      .map(([field, value]) => t('lists.fact', { field: t(`lists.field.${field.name}`), value }));
  return (
    <ul className={lists.list}>
      {entries.map((entry) => (
        <li key={entry.id} className={lists.line}>
          <Group gap="xs">
            <Text fw={600} td={isError(kind, entry) ? 'line-through' : undefined} style={{ overflowWrap: 'anywhere' }}>
              {entry.text}
            </Text>
            {entry.sensitivity.map((label) => (
              <Flag key={label} kind="unknown">
                {t(`lists.label.${label}`)}
              </Flag>
            ))}
            <Late at={entry.recorded_at} signed={signed} />
          </Group>
          <Text size="sm" className="numeric" style={{ overflowWrap: 'anywhere' }}>
            {factsOf(entry).join(' · ')}
          </Text>
          {entry.comment !== '' && (
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {entry.comment}
            </Text>
          )}
          <Text size="xs" c="dimmed" className="numeric">
            {t('lists.recorded', {
              name: nameOf(entry.recorded_by),
              at: dateAndTime(entry.recorded_at),
              version: entry.version,
            })}
          </Text>
        </li>
      ))}
    </ul>
  );
}
