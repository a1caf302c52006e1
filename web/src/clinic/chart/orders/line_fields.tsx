import { ActionIcon, Checkbox, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FormularyItem, NewLine, Route } from '../../data/orders';
import { DecimalField } from '../../kit/decimal_field';
import { Tag } from '../../kit/tag';
import lists from '../base/lists.module.css';
import classes from './orders.module.css';
import { quantityOf } from './words';

/** A line being written: what the API takes, the product, and whether the quantity follows the course. */
export interface DraftLine {
  readonly key: string;
  readonly product: FormularyItem;
  readonly line: NewLine;
  readonly counted: boolean;
}

/** Once every so many hours; anything else is written as times and hours. */
const RHYTHMS = [4, 6, 8, 12, 24, 48, 168] as const;

/** Nothing of a dose is guessed: zero is what has not been written yet. */
export function firstLine(product: FormularyItem): NewLine {
  return {
    item: product.code,
    dose: { value: 0, unit: product.unit },
    route: product.routes[0] ?? ('oral' satisfies Route),
    frequency: { times: 0, hours: 0, as_needed: false },
    duration_days: 0,
    quantity: 0,
    substitution_allowed: true,
  };
}

interface LineFieldsProps {
  readonly draft: DraftLine;
  readonly onChange: (draft: DraftLine) => void;
  readonly onRemove: () => void;
}

/** Dose, route, rhythm, duration, quantity and instructions of one drug. */
export function LineFields({ draft, onChange, onRemove }: LineFieldsProps) {
  const { t } = useTranslation();
  const { product, line } = draft;
  const change = (part: Partial<NewLine>) => {
    const changed = { ...line, ...part };
    const counted = draft.counted && part.quantity === undefined;
    const quantity = counted ? quantityOf(changed, product.unit) : undefined;
    onChange({ ...draft, counted, line: { ...changed, ...(quantity !== undefined && { quantity }) } });
  };
  const open = line.frequency.times === 0 && line.frequency.hours === 0;
  const simple = line.frequency.times === 1 && RHYTHMS.some((hours) => hours === line.frequency.hours);
  const name = `${product.name} ${product.strength}`;
  return (
    <li className={lists.line} aria-label={name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <div>
          <Text fw={600}>{name}</Text>
          <Text size="sm" c="dimmed">
            {product.form} · {product.code}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {product.controlled && <Tag tone="warn">{t('orders.controlled')}</Tag>}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`${t('orders.removeLine')}: ${name}`}
            onClick={onRemove}
          >
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      <div className={classes.fields}>
        <Figure
          label={t('orders.dose')}
          value={line.dose.value}
          decimals={3}
          onChange={(value) => change({ dose: { ...line.dose, value } })}
        />
        <TextInput
          label={t('orders.doseUnit')}
          value={line.dose.unit}
          onChange={(event) => change({ dose: { ...line.dose, unit: event.currentTarget.value } })}
        />
        <NativeSelect
          label={t('orders.routeLabel')}
          value={line.route}
          data={product.routes.map((route) => ({ value: route, label: t(`orders.route.${route}`) }))}
          onChange={(event) =>
            change({ route: product.routes.find((each) => each === event.currentTarget.value) ?? line.route })
          }
        />
        <NativeSelect
          label={t('orders.rhythm')}
          value={open ? '' : simple ? String(line.frequency.hours) : 'other'}
          data={[
            ...(open ? [{ value: '', label: t('orders.choose') }] : []),
            ...RHYTHMS.map((hours) => ({ value: String(hours), label: t('orders.every', { hours }) })),
            { value: 'other', label: t('orders.otherRhythm') },
          ]}
          onChange={(event) => {
            const hours = Number(event.currentTarget.value);
            const rhythm = Number.isNaN(hours) ? { times: 2, hours: 24 } : { times: 1, hours };
            change({ frequency: { ...line.frequency, ...rhythm } });
          }}
        />
        {!simple && !open && (
          <>
            <Figure
              label={t('orders.times')}
              value={line.frequency.times}
              most={24}
              onChange={(times) => change({ frequency: { ...line.frequency, times } })}
            />
            <Figure
              label={t('orders.inHours')}
              value={line.frequency.hours}
              most={8784}
              onChange={(hours) => change({ frequency: { ...line.frequency, hours } })}
            />
          </>
        )}
        <Figure
          label={t('orders.duration')}
          value={line.duration_days}
          most={365}
          onChange={(duration) => change({ duration_days: duration })}
        />
        <Figure
          label={t('orders.quantity', { unit: product.unit })}
          value={line.quantity}
          most={10_000}
          onChange={(quantity) => change({ quantity })}
        />
        <TextInput
          className={classes.wide ?? ''}
          label={t('orders.instructions')}
          maxLength={200}
          value={line.instructions ?? ''}
          onChange={(event) =>
            change({ instructions: event.currentTarget.value === '' ? null : event.currentTarget.value })
          }
        />
        <Checkbox
          label={t('orders.asNeeded')}
          checked={line.frequency.as_needed === true}
          onChange={(event) => {
            const asNeeded = event.currentTarget.checked;
            const none = asNeeded ? {} : { as_needed_for: null, max_doses_a_day: null };
            change({ frequency: { ...line.frequency, as_needed: asNeeded }, ...none });
          }}
        />
        {line.frequency.as_needed === true && (
          <>
            <TextInput
              label={t('orders.asNeededFor')}
              maxLength={200}
              value={line.as_needed_for ?? ''}
              onChange={(event) => change({ as_needed_for: event.currentTarget.value || null })}
            />
            <Figure
              label={t('orders.mostADay')}
              value={line.max_doses_a_day ?? 0}
              most={48}
              onChange={(most) => change({ max_doses_a_day: most === 0 ? null : most })}
            />
          </>
        )}
        <Checkbox
          label={t('orders.continuous')}
          checked={line.continuous === true}
          onChange={(event) => change({ continuous: event.currentTarget.checked })}
        />
        <Checkbox
          label={t('orders.substitution')}
          checked={line.substitution_allowed !== false}
          onChange={(event) => change({ substitution_allowed: event.currentTarget.checked })}
        />
      </div>
    </li>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly most?: number;
  readonly decimals?: number;
  readonly onChange: (value: number) => void;
}

/** A positive number; while the field is empty it counts as zero, which the form does not accept. */
function Figure({ label, value, most = 100_000_000, decimals = 0, onChange }: FigureProps) {
  return (
    <DecimalField
      label={label}
      value={value === 0 ? undefined : value}
      most={most}
      whole={decimals === 0}
      onChange={(next) => onChange(next ?? 0)}
    />
  );
}

export function isComplete({ line }: DraftLine): boolean {
  const { dose, frequency } = line;
  return (
    [dose.value, frequency.times, frequency.hours, line.duration_days, line.quantity].every((n) => n > 0) &&
    dose.unit.trim() !== ''
  );
}
