import { Badge, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../data/users';
import { Listing } from '../../kit/table';
import { exactly, time } from '../../language/format';
import { actionText, resourceText } from '../../language/trail_actions';
import { reads } from './access_people';
import { OUTCOMES } from './filters';
import { folded, type Line } from './folding';

const COLOURS: Readonly<Record<string, string>> = { done: 'green', denied: 'orange', failed: 'red' };

interface TrailLinesProps {
  readonly items: readonly Line[];
  readonly people: readonly Person[];
}

/** Lines of a trail, people by their names; readings that follow each other are one line. */
export function TrailLines({ items, people }: TrailLinesProps) {
  const { t } = useTranslation();
  const names = new Map(people.map(({ id, display_name }) => [id, display_name]));
  return (
    <Listing
      items={folded(items, reads)}
      keyOf={({ line }) => line.id}
      columns={[
        {
          label: t('admin.when'),
          numeric: true,
          cell: ({ line, count, since }) => (
            <>
              <Text size="sm">{exactly(line.at)}</Text>
              {count > 1 && (
                <Text size="sm" c="dimmed">
                  {t('audit.times', { count, since: time(since) })}
                </Text>
              )}
            </>
          ),
        },
        {
          label: t('admin.actor'),
          cell: ({ line }) => (
            <>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {names.get(line.actor) ?? line.actor}
              </Text>
              <Text size="sm" c="dimmed">
                {kindText(line.actor_kind, t)}
              </Text>
            </>
          ),
        },
        { label: t('admin.action'), cell: ({ line }) => actionText(line.action, t) },
        {
          label: t('admin.resource'),
          cell: ({ line }) => {
            const id = line.resource.split('/').slice(1).join('/');
            return (
              <>
                <Text size="sm">{names.get(id) ?? resourceText(line.resource, t)}</Text>
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {id}
                </Text>
              </>
            );
          },
        },
        {
          label: t('admin.outcome'),
          cell: ({ line }) => (
            <>
              <Badge variant="light" tt="none" color={COLOURS[line.outcome] ?? 'gray'}>
                {outcomeText(line.outcome, t)}
              </Badge>
              {line.reason !== '' && (
                <Text size="sm" c="dimmed">
                  {line.reason}
                </Text>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

const ACTORS = ['user', 'partner', 'participant', 'system', 'anonymous'] as const;

function kindText(kind: string, t: TFunction): string {
  const known = ACTORS.find((each) => each === kind);
  return known ? t(`actor.${known}`) : kind;
}

function outcomeText(outcome: string, t: TFunction): string {
  const known = OUTCOMES.find((each) => each === outcome);
  return known ? t(`outcome.${known}`) : outcome;
}
