import { Alert, Button, Group, NativeSelect, Stack, Textarea, TextInput, Title } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/orders';
import { Problem } from '../../../common/problem';
import { useAct, type Order, type Result } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { SHORTEST_REASON } from '../../kit/reasoned';
import { refusal } from '../../language/order_refusals';
import { explainField } from '../../language/refusals';
import { numberFault, readNumber, typedNumber } from '../../language/typed_number';
import lists from '../base/lists.module.css';
import classes from './orders.module.css';

type NewObservation = components['schemas']['NewObservation'];
const BAD = ['ambiguous', 'implausible', 'property', 'ucum', 'missing', 'flag', 'number'] as const;
const LIMITS = ['critical_low', 'low', 'high', 'critical_high'] as const;

interface Row {
  readonly display: string;
  readonly loinc: string | null;
  /** A number, or a text such as "not detected". */
  readonly value: string;
  readonly unit: string;
  readonly limits: Readonly<Record<(typeof LIMITS)[number], string>>;
}

/** The laboratory's entry: a row for each test ordered; flags are computed by the server. */
export function ResultForm({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const settled = order.result != null && order.result.status !== 'preliminary';
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(order));
  const [status, setStatus] = useState<Result['status']>(settled ? 'corrected' : 'final');
  const [conclusion, setConclusion] = useState(order.result?.conclusion ?? '');
  const [correction, setCorrection] = useState('');
  const entering = useAct((key) => {
    const params = { path: { id: order.id }, header: { ...ifMatch(order.version), ...key } };
    const body = {
      status,
      observations: given(rows).map(observationOf),
      ...(conclusion.trim() !== '' && { conclusion: conclusion.trim() }),
      ...(status === 'corrected' && { correction_reason: correction.trim() }),
    };
    return unwrap(orders.POST('/orders/requests/{id}/results', { params, body }));
  });
  const change = (index: number, part: Partial<Row>) =>
    setRows(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    entering.mutate();
  };
  const sound =
    rows.some((row) => row.value.trim() !== '') &&
    rows.every(isSound) &&
    (status !== 'corrected' || correction.trim().length >= SHORTEST_REASON);
  const statuses: readonly Result['status'][] = settled ? ['corrected'] : ['final', 'preliminary'];
  return (
    <form onSubmit={submit} aria-label={t('orders.enterResult')} noValidate>
      <Stack>
        <Title order={3} size="h5">
          {t(settled ? 'orders.correctResult' : 'orders.enterResult')}
        </Title>
        {rows.map((row, index) => (
          <ResultRow key={row.display} row={row} onChange={(part) => change(index, part)} />
        ))}
        <Textarea
          label={t('orders.conclusion')}
          autosize
          minRows={2}
          maxLength={4000}
          value={conclusion}
          onChange={(event) => setConclusion(event.currentTarget.value)}
        />
        {settled ? (
          <Textarea
            label={t('orders.correctionReason')}
            description={t('orders.reasonHint', { count: SHORTEST_REASON })}
            maxLength={500}
            value={correction}
            onChange={(event) => setCorrection(event.currentTarget.value)}
          />
        ) : (
          <NativeSelect
            label={t('orders.resultStatusLabel')}
            w={220}
            value={status}
            data={statuses.map((each) => ({ value: each, label: t(`orders.resultStatus.${each}`) }))}
            onChange={(event) => setStatus(statuses.find((each) => each === event.currentTarget.value) ?? status)}
          />
        )}
        <div role="alert">
          {entering.isError && (
            <Alert color="red">{faults(entering.error, given(rows), t) ?? refusal(entering.error, t)}</Alert>
          )}
        </div>
        <Group justify="flex-end">
          <Button type="submit" loading={entering.isPending} disabled={!sound}>
            {t('orders.saveResult')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ResultRow({ row, onChange }: { readonly row: Row; readonly onChange: (part: Partial<Row>) => void }) {
  const { t } = useTranslation();
  const numeric = isNumber(row.value);
  return (
    <fieldset className={lists.line}>
      <legend>{row.display}</legend>
      <div className={classes.fields}>
        <TextInput
          label={t('orders.value')}
          description={numeric ? t('orders.limitsHint') : undefined}
          value={row.value}
          maxLength={4000}
          error={numeric && numberFault(figureOf(row.value), t)}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
        {numeric && (
          <>
            <TextInput
              label={t('orders.unit')}
              placeholder="mg/dL"
              value={row.unit}
              error={row.unit.trim() === '' && t('common.required')}
              onChange={(event) => onChange({ unit: event.currentTarget.value })}
            />
            {LIMITS.map((limit) => (
              <TextInput
                key={limit}
                label={t(`orders.limit.${limit}`)}
                inputMode="decimal"
                value={row.limits[limit]}
                error={row.limits[limit].trim() !== '' && numberFault(unsigned(row.limits[limit]), t)}
                onChange={(event) => onChange({ limits: { ...row.limits, [limit]: event.currentTarget.value } })}
              />
            ))}
          </>
        )}
      </div>
    </fieldset>
  );
}

function rowsOf(order: Order): readonly Row[] {
  return order.tests.map(({ display, loinc }) => {
    const known = order.result?.observations.find((one) => one.display === display);
    // Usual limits are no statement of the laboratory: a correction does not make them one.
    const own = known?.limits_from === 'reference' ? undefined : known;
    const text = (value: number | null | undefined) => (value == null ? '' : typedNumber(value));
    return {
      display,
      loinc: loinc ?? null,
      value: known?.value != null ? `${known.comparator ?? ''}${typedNumber(known.value)}` : (known?.text ?? ''),
      unit: known?.unit ?? '',
      limits: {
        critical_low: text(own?.critical_low),
        low: text(own?.low),
        high: text(own?.high),
        critical_high: text(own?.critical_high),
      },
    };
  });
}

/** The text without its minus, which a number may have here. */
function unsigned(text: string): string {
  return text.trim().replace(/^-/, '');
}

function parseSigned(text: string): number | undefined {
  const found = readNumber(unsigned(text)).value;
  return found !== undefined && text.trim().startsWith('-') ? -found : found;
}

/** A number, or one beyond what the analyser can tell: `< 0,05`, `≥ 150`. */
const BEYOND = /^(?:<=?|>=?|≤|≥)\s*(.+)$/;

function figureOf(text: string): string {
  return unsigned(BEYOND.exec(text.trim())?.[1] ?? text);
}

/** Also one that may be read in two ways: it is a number, but nobody knows which. */
function isNumber(text: string): boolean {
  const { value, either } = readNumber(figureOf(text));
  return value !== undefined || either !== undefined;
}

function isSound(row: Row): boolean {
  if (!isNumber(row.value)) return true;
  if (readNumber(figureOf(row.value)).value === undefined) return false;
  const limits = LIMITS.map((limit) => row.limits[limit]).every(
    (limit) => limit.trim() === '' || parseSigned(limit) !== undefined,
  );
  return row.unit.trim() !== '' && limits;
}

export function observationOf(row: Row): NewObservation {
  const named = { display: row.display, ...(row.loinc !== null && { loinc: row.loinc }) };
  const value = parseSigned(row.value);
  if (!isNumber(row.value)) return { ...named, text: row.value.trim() };
  const limits = LIMITS.map((limit) => [limit, parseSigned(row.limits[limit])] as const);
  return {
    ...named,
    ...(value === undefined ? { text: row.value.trim() } : { value }), // the server reads "< 0,05"
    unit: row.unit.trim(),
    ...Object.fromEntries(limits.filter(([, limit]) => limit !== undefined)),
  };
}

/** The rows that are sent. */
function given(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row.value.trim() !== '');
}

/** What the server refused of these rows, such as limits in the wrong order. */
export function faults(error: unknown, sent: readonly Row[], t: TFunction): string | undefined {
  if (!(error instanceof Problem) || error.fields.length === 0) return undefined;
  const texts = error.fields.map((fault) => {
    const row = fault.pointer.startsWith('/observations/') ? sent[Number(fault.pointer.split('/')[2])] : undefined;
    if (!row) return explainField(fault, t);
    const known = BAD.find((each) => each === fault.code);
    if (known) return `${row.display}: ${t(`orders.badValue.${known}`)}`;
    return `${row.display}: ${isRising(row) ? explainField(fault, t) : t('orders.limitsOrder')}`;
  });
  return texts.join(' · ');
}

/** Whether the limits rise from the lowest to the highest. */
function isRising(row: Row): boolean {
  const limits = LIMITS.map((limit) => parseSigned(row.limits[limit])).filter((limit) => limit !== undefined);
  return limits.every((limit, place) => place === 0 || (limits[place - 1] ?? limit) <= limit);
}
