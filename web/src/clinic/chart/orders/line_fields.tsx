import { ActionIcon, Button, Checkbox, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FormularyItem, NewLine, Route } from '../../data/orders';
import { Tag } from '../../kit/tag';
import lists from '../base/lists.module.css';
import { Figure } from './figure';
import classes from './orders.module.css';
import { Regimen } from './regimen';
import { inPattern, isWritten, patternOf, PATTERNS } from './regimen_steps';
import { Rhythm } from './rhythm';
import { number, quantityOf } from './words';

/** A line being written: what the API takes, the product, and whether the quantity follows the course. */
export interface DraftLine {
  readonly key: string;
  readonly product: FormularyItem;
  readonly line: NewLine;
  readonly counted: boolean;
}

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

const MOST_QUANTITY = 10_000;

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
    // Of what is taken as needed a course is only the most that there can be.
    const fixed = counted && changed.frequency.as_needed !== true;
    const quantity = fixed ? quantityOf(changed, product.unit) : undefined;
    onChange({ ...draft, counted, line: { ...changed, ...(quantity !== undefined && { quantity }) } });
  };
  /** A line written anew; its quantity still follows the course until somebody types one. */
  const rewrite = ({ quantity: _, ...rest }: NewLine) => change(rest);
  const pattern = patternOf(line);
  const plain = pattern === 'plain';
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
        {plain && (
          <Figure
            label={t('orders.dose')}
            value={line.dose.value}
            decimals={4}
            onChange={(value) => change({ dose: { ...line.dose, value } })}
          />
        )}
        <TextInput
          label={t('orders.doseUnit')}
          value={line.dose.unit}
          onChange={(event) => {
            const unit = event.currentTarget.value;
            const steps = (line.steps ?? []).map((step) => ({ ...step, dose: { ...step.dose, unit } }));
            change({ dose: { ...line.dose, unit }, steps });
          }}
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
          label={t('orders.regimen.label')}
          value={pattern}
          data={PATTERNS.map((each) => ({ value: each, label: t(`orders.regimen.${each}`) }))}
          onChange={(event) => {
            const next = PATTERNS.find((each) => each === event.currentTarget.value);
            if (next) rewrite(inPattern(line, next));
          }}
        />
        {plain ? (
          <>
            <Rhythm frequency={line.frequency} onChange={(frequency) => change({ frequency })} />
            <Figure
              label={t('orders.duration')}
              value={line.duration_days}
              most={365}
              onChange={(duration) => change({ duration_days: duration })}
            />
          </>
        ) : (
          <Regimen line={line} onChange={rewrite} />
        )}
        <Figure
          label={t('orders.quantity', { unit: product.unit })}
          value={line.quantity}
          most={MOST_QUANTITY}
          onChange={(quantity) => onChange({ ...draft, counted: false, line: { ...line, quantity } })}
        />
        <Needs line={line} unit={product.unit} onUse={(quantity) => change({ quantity })} />
        <TextInput
          className={classes.wide ?? ''}
          label={t('orders.instructions')}
          maxLength={200}
          value={line.instructions ?? ''}
          onChange={(event) =>
            change({ instructions: event.currentTarget.value === '' ? null : event.currentTarget.value })
          }
        />
        {plain && (
          <Checkbox
            label={t('orders.asNeeded')}
            checked={line.frequency.as_needed === true}
            onChange={(event) => {
              const asNeeded = event.currentTarget.checked;
              const none = asNeeded ? {} : { as_needed_for: null, max_doses_a_day: null };
              change({ frequency: { ...line.frequency, as_needed: asNeeded }, ...none });
            }}
          />
        )}
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

interface NeedsProps {
  readonly line: NewLine;
  readonly unit: string;
  readonly onUse: (quantity: number) => void;
}

/** What the course takes, beside the quantity: to be compared, or said that it cannot be counted. */
function Needs({ line, unit, onUse }: NeedsProps) {
  const { t } = useTranslation();
  if (!isWritten(line)) return null;
  const needed = quantityOf(line, unit);
  if (needed === undefined)
    return (
      <Text size="sm" className={classes.wide ?? ''}>
        {t('orders.needsUnknown', { unit })}
      </Text>
    );
  return (
    <Group gap="xs" className={classes.wide ?? ''} role="status">
      <Text size="sm" className="numeric">
        {t(line.frequency.as_needed === true ? 'orders.needsAtMost' : 'orders.needs', {
          quantity: number(needed),
          unit,
        })}
      </Text>
      {needed !== line.quantity && needed <= MOST_QUANTITY && (
        <Button size="compact-xs" variant="light" onClick={() => onUse(needed)}>
          {t('orders.useQuantity', { quantity: number(needed) })}
        </Button>
      )}
    </Group>
  );
}

export function isComplete({ line }: DraftLine): boolean {
  return isWritten(line) && line.quantity > 0;
}
