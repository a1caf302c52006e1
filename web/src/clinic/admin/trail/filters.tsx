import { Group, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../data/users';
import { DateField } from '../../kit/date_field';
import { actionText } from '../../language/trail_actions';
import { addDays, HERE, isDay, momentAt } from '../../language/zone';

export const OUTCOMES = ['done', 'denied', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a search of the trail is narrowed to, as it is typed. */
export interface Narrowing {
  /** First and last day, `YYYY-MM-DD`, both of them included; empty for any. */
  readonly since: string;
  readonly until: string;
  readonly actor: string | null;
  readonly action: string | null;
  readonly outcome: Outcome | null;
}

export const ANY: Narrowing = { since: '', until: '', actor: null, action: null, outcome: null };

/** Whether the days are days, the first no later than the last. */
export function sound({ since, until }: Narrowing): boolean {
  const typed = [since, until].filter((each) => each !== '');
  return typed.every(isDay) && (typed.length < 2 || since <= until);
}

/** As the server asks for it: the moments at which those days begin and end where the reader is. */
export function asked({ since, until, actor, action, outcome }: Narrowing) {
  return {
    ...(since !== '' && { since: momentAt(since, 0, HERE).toISOString() }),
    ...(until !== '' && { until: momentAt(addDays(until, 1), 0, HERE).toISOString() }),
    ...(actor !== null && { actor }),
    ...(action !== null && { action }),
    ...(outcome !== null && { outcome }),
  };
}

interface FiltersProps {
  readonly value: Narrowing;
  readonly onChange: (value: Narrowing) => void;
  readonly people: readonly Person[];
  /** Those that the trail may have. */
  readonly actions: readonly string[];
}

/** Days, person, action and outcome. */
export function Filters({ value, onChange, people, actions }: FiltersProps) {
  const { t } = useTranslation();
  const change = (part: Partial<Narrowing>) => onChange({ ...value, ...part });
  return (
    <div>
      <Group align="flex-end" role="group" aria-label={t('audit.filters')}>
        <DateField label={t('audit.since')} w={160} value={value.since} onChange={(since) => change({ since })} />
        <DateField label={t('audit.until')} w={160} value={value.until} onChange={(until) => change({ until })} />
        <Select
          label={t('audit.by')}
          placeholder={t('audit.anyone')}
          w={260}
          searchable
          clearable
          data={people.map(({ id, display_name, user_name }) => ({
            value: id,
            label: `${display_name} (${user_name})`,
          }))}
          value={value.actor}
          onChange={(actor) => change({ actor })}
        />
        <Select
          label={t('admin.action')}
          placeholder={t('audit.anything')}
          w={260}
          searchable
          clearable
          data={actions.map((action) => ({ value: action, label: actionText(action, t) }))}
          value={value.action}
          onChange={(action) => change({ action })}
        />
        <Select
          label={t('admin.outcome')}
          placeholder={t('audit.anyOutcome')}
          w={160}
          clearable
          data={OUTCOMES.map((outcome) => ({ value: outcome, label: t(`outcome.${outcome}`) }))}
          value={value.outcome}
          onChange={(chosen) => change({ outcome: OUTCOMES.find((each) => each === chosen) ?? null })}
        />
      </Group>
      {!sound(value) && (
        <Text size="sm" c="red" role="alert" mt={4}>
          {t('audit.span')}
        </Text>
      )}
    </div>
  );
}
