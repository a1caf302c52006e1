import { Alert, Button, Group, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText, partsOf } from '../data/lots';
import { usePharmacyChange, type StockCount } from '../data/pharmacy';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { STOCK, useHasRole } from '../data/session/roles';
import { useSession } from '../data/session/session';
import { number } from '../language/format';
import { PharmacyRefused } from './refused';

/** The sheet of a count, by what may be done with it now. */
export function CountSheet({ count }: { readonly count: StockCount }) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  return (
    <Stack>
      {count.note !== null && <Alert color="yellow">{count.note}</Alert>}
      {count.state === 'open' && has(STOCK) ? <Fill count={count} /> : <Differences count={count} />}
      {count.state === 'awaits_second' && <Decide count={count} />}
      {(count.state === 'open' || count.state === 'awaits_second') && has(STOCK) && <Cancel count={count} />}
      {count.state === 'closed' && <Text c="dimmed">{t('counts.closedBody')}</Text>}
    </Stack>
  );
}

interface Filled {
  readonly counted: number | string;
  readonly reason: string;
}

function Fill({ count }: { readonly count: StockCount }) {
  const { t } = useTranslation('pharmacy');
  const [rows, setRows] = useState<readonly Filled[]>(
    count.lines.map(({ counted, reason }) => ({ counted: counted ?? '', reason: reason ?? '' })),
  );
  const path = { count_id: count.id };
  const handing = usePharmacyChange(async (filled: readonly Filled[], header) => {
    const lines = count.lines.flatMap((line, at) => {
      const row = filled[at];
      if (!row || row.counted === '') return [];
      const reason = row.reason.trim() === '' ? null : row.reason.trim();
      return [{ item: line.item, ...partsOf(line.lot), quantity: Number(row.counted), reason }];
    });
    const sheet = await unwrap(
      pharmacy.PUT('/pharmacy/counts/{count_id}/sheet', {
        params: { path, header: ifMatch(count.version) },
        body: { lines },
      }),
    );
    return unwrap(
      pharmacy.POST('/pharmacy/counts/{count_id}/submit', {
        params: { path, header: { ...header, ...ifMatch(sheet.version) } },
      }),
    );
  });
  const change = (at: number, changed: Partial<Filled>) =>
    setRows(rows.map((row, n) => (n === at ? { ...row, ...changed } : row)));
  return (
    <Stack gap="sm">
      <Text>{t('counts.blind')}</Text>
      {count.lines.map((line, at) => (
        <Paper key={`${line.item} ${line.lot}`} p="sm">
          <Text fw={600}>
            {line.name}, {lotText(line.lot)}
          </Text>
          <Group align="flex-start">
            <NumberInput
              label={t('counts.counted', { unit: line.unit })}
              min={0}
              allowDecimal={false}
              allowNegative={false}
              value={rows[at]?.counted ?? ''}
              onChange={(counted) => change(at, { counted })}
            />
            <TextInput
              label={t('counts.reason')}
              maxLength={200}
              value={rows[at]?.reason ?? ''}
              onChange={(event) => change(at, { reason: event.currentTarget.value })}
            />
          </Group>
        </Paper>
      ))}
      <PharmacyRefused error={handing.error} />
      <Group justify="flex-end">
        <Button
          disabled={rows.some(({ counted }) => counted === '')}
          loading={handing.isPending}
          onClick={() => handing.mutate(rows)}
        >
          {t('counts.submit')}
        </Button>
      </Group>
    </Stack>
  );
}

function Differences({ count }: { readonly count: StockCount }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Stack gap="xs">
      {count.lines.map((line) => {
        const differs = line.frozen !== null && line.counted !== null && line.frozen !== line.counted;
        return (
          <Paper key={`${line.item} ${line.lot}`} p="sm">
            <Text fw={600}>
              {line.name}, {lotText(line.lot)}
            </Text>
            <Text {...(differs && { c: 'var(--mantine-color-error)' })}>
              {t('counts.compared', {
                frozen: line.frozen === null ? '–' : number(line.frozen),
                counted: line.counted === null ? '–' : number(line.counted),
                unit: line.unit,
              })}
            </Text>
            {line.reason !== null && <Text size="sm">{line.reason}</Text>}
          </Paper>
        );
      })}
    </Stack>
  );
}

function Decide({ count }: { readonly count: StockCount }) {
  const { t } = useTranslation('pharmacy');
  const { me } = useSession();
  const has = useHasRole();
  const [reason, setReason] = useState('');
  const path = { count_id: count.id };
  const approving = usePharmacyChange((version: number, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/counts/{count_id}/approve', {
        params: { path, header: { ...header, ...ifMatch(version) } },
      }),
    ),
  );
  const back = usePharmacyChange((body: { reason: string }, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/counts/{count_id}/send-back', {
        params: { path, header: { ...header, ...ifMatch(count.version) } },
        body,
      }),
    ),
  );
  const own = [count.begun_by, count.submitted_by].includes(me.id);
  if (own || !has(['pharmacist', 'administrator'])) return <Text c="dimmed">{t('counts.another')}</Text>;
  return (
    <Stack gap="sm">
      <TextInput
        label={t('counts.backReason')}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <PharmacyRefused error={approving.error ?? back.error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          disabled={reason.trim().length < 5}
          loading={back.isPending}
          onClick={() => back.mutate({ reason: reason.trim() })}
        >
          {t('counts.sendBack')}
        </Button>
        <Button loading={approving.isPending} onClick={() => approving.mutate(count.version)}>
          {t('counts.approve')}
        </Button>
      </Group>
    </Stack>
  );
}

function Cancel({ count }: { readonly count: StockCount }) {
  const { t } = useTranslation('pharmacy');
  const cancelling = usePharmacyChange((body: { reason: string }, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/counts/{count_id}/cancel', {
        params: { path: { count_id: count.id }, header: { ...header, ...ifMatch(count.version) } },
        body,
      }),
    ),
  );
  return (
    <Group justify="space-between">
      <PharmacyRefused error={cancelling.error} />
      <Button
        variant="subtle"
        color="red"
        loading={cancelling.isPending}
        onClick={() => cancelling.mutate({ reason: t('counts.givenUp') })}
      >
        {t('counts.cancel')}
      </Button>
    </Group>
  );
}
