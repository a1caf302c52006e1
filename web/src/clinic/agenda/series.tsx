import { Badge, Group, List, MultiSelect, NumberInput, Select, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/appointments';
import { Problem } from '../../common/problem';
import { dateParts, time } from '../language/format';
import { addDays } from '../language/zone';

export type Recurrence = components['schemas']['Recurrence-Input'];
export type SeriesPreview = components['schemas']['SeriesPreview'];
type Frequency = components['schemas']['Frequency'];

const FREQUENCIES: readonly Frequency[] = ['days', 'workdays', 'weeks', 'months', 'years'];
const REASONS = ['practitioner_taken', 'patient_busy', 'outside_hours', 'past', 'too_far', 'changed'] as const;
const MOST = 60;
const A_MONDAY = '2024-01-01';

interface RepeatProps {
  readonly rule: Recurrence | undefined;
  readonly onChange: (rule: Recurrence | undefined) => void;
}

/** Whether an appointment is one of a series, and how that goes on (RFC 5545). */
export function Repeat({ rule, onChange }: RepeatProps) {
  const { t } = useTranslation();
  const asNumber = (value: number | string, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.round(Number(value)) || least));
  return (
    <Stack gap="xs">
      <Switch
        label={t('series.repeats')}
        checked={rule !== undefined}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? { frequency: 'weeks', interval: 1, count: 4 } : undefined)
        }
      />
      {rule && (
        <div className="columns-3">
          <Select
            label={t('series.every')}
            allowDeselect={false}
            data={FREQUENCIES.map((value) => ({ value, label: t(`series.${value}`) }))}
            value={rule.frequency}
            onChange={(value) => {
              const { weekdays: _, ...rest } = rule; // they belong to weeks only
              onChange({ ...rest, frequency: FREQUENCIES.find((each) => each === value) ?? 'weeks' });
            }}
          />
          <NumberInput
            label={t('series.interval')}
            min={1}
            max={6}
            allowDecimal={false}
            value={rule.interval ?? 1}
            onChange={(value) => onChange({ ...rule, interval: asNumber(value, 1, 6) })}
          />
          <NumberInput
            label={t('series.count')}
            min={2}
            max={MOST}
            allowDecimal={false}
            value={rule.count ?? 4}
            onChange={(value) => onChange({ ...rule, count: asNumber(value, 1, MOST) })}
          />
          {rule.frequency === 'weeks' && (
            <MultiSelect
              label={t('series.weekdays')}
              placeholder={t('series.sameDay')}
              data={Array.from({ length: 7 }, (_, n) => ({
                value: String(n + 1),
                label: dateParts(addDays(A_MONDAY, n), { weekday: 'long' }),
              }))}
              value={(rule.weekdays ?? []).map(String)}
              onChange={(days) => onChange({ ...rule, weekdays: days.map(Number).sort() })}
            />
          )}
        </div>
      )}
    </Stack>
  );
}

/** What booking would do now: each date, and why some cannot be had. */
export function Dates({ preview, zone }: { readonly preview: SeriesPreview; readonly zone: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4} role="status">
      <Text fw={600}>{t('series.dates', { count: preview.occurrences.length - preview.conflicts })}</Text>
      <Stack component="ul" gap={4} p={0} m={0} mah={220} style={{ overflowY: 'auto' }}>
        {preview.occurrences.map((each) => (
          <Group component="li" key={each.day} gap="xs" style={{ listStyle: 'none' }}>
            <Text className="numeric" {...(each.conflict && { td: 'line-through', c: 'dimmed' })}>
              {dateParts(each.day, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })}{' '}
              {time(each.start, zone)}
            </Text>
            {each.conflict && (
              <Badge variant="light" color="orange" tt="none">
                {t(`series.${each.conflict}`)}
              </Badge>
            )}
          </Group>
        ))}
      </Stack>
      {preview.conflicts > 0 && <Text size="sm">{t('series.skipped', { count: preview.conflicts })}</Text>}
    </Stack>
  );
}

/** The dates that refused a change of a whole series, and why each did. */
export function Conflicts({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  const told = error instanceof Problem ? error.extra['conflicts'] : undefined;
  if (!Array.isArray(told)) return null;
  return (
    <List size="sm">
      {told.map(String).map((line) => {
        const [day = '', reason = ''] = line.split(' ');
        const known = REASONS.find((each) => each === reason);
        return (
          <List.Item key={line}>
            {dateParts(day, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })}
            {known && `: ${t(`series.${known}`)}`}
          </List.Item>
        );
      })}
    </List>
  );
}
