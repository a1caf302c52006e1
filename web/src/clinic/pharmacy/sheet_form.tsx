import { Alert, Button, Group, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePharmacyChange, type Dispensing, type Scan, type Sheet } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { PHARMACIST, useHasRole } from '../data/session/roles';
import { day } from '../language/format';
import { LineForm } from './line_form';
import { complete, isControlled, linesOf, proposed, total, type Pick } from './picking';
import { why } from './refusals';
import { PharmacyRefused } from './refused';
import { ScanField } from './scan_field';

const SHORTEST_REASON = 10;

interface SheetFormProps {
  readonly sheet: Sheet;
  readonly warehouse: string;
  readonly onGiven: (dispensing: Dispensing) => void;
}

/** What is left of a prescription, alerts as they are now, and which lots to take. */
export function SheetForm({ sheet, warehouse, onGiven }: SheetFormProps) {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  const open = sheet.lines.filter(({ remaining }) => remaining > 0);
  const [picks, setPicks] = useState<Readonly<Record<number, Pick>>>(() =>
    Object.fromEntries(open.map((line) => [line.number, proposed(line)])),
  );
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const [receiver, setReceiver] = useState({ name: '', document: '' });
  const high = sheet.alerts.filter(({ severity }) => severity === 'high');
  const controlled = isControlled(sheet, picks);
  const giving = usePharmacyChange(
    (body: ReturnType<typeof bodyOf>, header) =>
      unwrap(pharmacy.POST('/pharmacy/dispensings', { params: { header }, body })),
    onGiven,
  );
  const scanned = (found: Scan) => {
    const line = open.find(({ choices }) => choices.some(({ item }) => item === found.item?.code));
    if (!line || !found.item) return;
    const before = picks[line.number];
    const pick = before?.item === found.item.code ? before : proposed(line, found.item.code);
    const known = line.choices.some(({ lots }) => lots.some(({ lot }) => lot.lot === found.lot));
    const lots = found.lot !== null && known ? { [found.lot]: Math.min(total(pick), line.remaining) } : pick.lots;
    setPicks({ ...picks, [line.number]: { ...pick, lots } });
  };
  const good =
    sheet.dispensable &&
    linesOf(sheet, picks).length > 0 &&
    open.every((line) => {
      const pick = picks[line.number];
      return pick === undefined || complete(line, pick);
    }) &&
    high.every(({ id }) => (reasons[id] ?? '').trim().length >= SHORTEST_REASON) &&
    (!controlled || (receiver.name.trim() !== '' && receiver.document.trim() !== ''));
  const send = () => giving.mutate(bodyOf(sheet, warehouse, picks, reasons, receiver));
  return (
    <Stack>
      <Patient sheet={sheet} />
      {sheet.refusal !== null && (
        <Alert color="red" title={t('sheet.closed')}>
          {why(sheet.refusal, t)}
        </Alert>
      )}
      {sheet.waiting.length > 0 && <Alert color="yellow">{t('sheet.waiting')}</Alert>}
      {sheet.alerts.map((alert) => (
        <Alert
          key={alert.id}
          color={alert.severity === 'high' ? 'red' : 'yellow'}
          title={`${alert.first} · ${alert.second}`}
        >
          <Stack gap="xs">
            <Text>{alert.text}</Text>
            {alert.advice !== '' && <Text size="sm">{alert.advice}</Text>}
            {alert.severity === 'high' && sheet.dispensable && (
              <Textarea
                label={t('sheet.seen')}
                description={t('sheet.seenHelp', { count: SHORTEST_REASON })}
                autosize
                minRows={2}
                maxLength={500}
                value={reasons[alert.id] ?? ''}
                onChange={(event) => setReasons({ ...reasons, [alert.id]: event.currentTarget.value })}
              />
            )}
          </Stack>
        </Alert>
      ))}
      {sheet.unchecked.length > 0 && (
        <Text size="sm" c="dimmed">
          {sheet.unchecked.map(({ text }) => text).join(' ')}
        </Text>
      )}
      {sheet.dispensable && open.length > 0 && <ScanField onScan={scanned} />}
      {sheet.lines.map((line) => (
        <LineForm
          key={line.number}
          line={line}
          pick={sheet.dispensable ? picks[line.number] : undefined}
          onChange={(pick) => setPicks({ ...picks, [line.number]: pick })}
        />
      ))}
      {controlled && (
        <Paper p="md">
          <Stack gap="sm">
            <Text fw={600}>{t('sheet.controlled')}</Text>
            <Text size="sm" c="dimmed">
              {t('sheet.controlledHelp')}
            </Text>
            <div className="columns-2">
              <TextInput
                label={t('sheet.receiver')}
                withAsterisk
                maxLength={200}
                value={receiver.name}
                onChange={(event) => setReceiver({ ...receiver, name: event.currentTarget.value })}
              />
              <TextInput
                label={t('sheet.document')}
                withAsterisk
                maxLength={200}
                value={receiver.document}
                onChange={(event) => setReceiver({ ...receiver, document: event.currentTarget.value })}
              />
            </div>
          </Stack>
        </Paper>
      )}
      <PharmacyRefused error={giving.error} />
      <Group justify="flex-end">
        {has(PHARMACIST) ? (
          <Button disabled={!good} loading={giving.isPending} onClick={send}>
            {t(controlled ? 'sheet.ask' : 'sheet.give')}
          </Button>
        ) : (
          <Text c="dimmed">{t('sheet.pharmacistGives')}</Text>
        )}
      </Group>
    </Stack>
  );
}

function Patient({ sheet }: { readonly sheet: Sheet }) {
  const { t } = useTranslation('pharmacy');
  const label = sheet.patient_label;
  return (
    <div>
      <Title order={2} size="h4">
        {label.social_name ?? label.name}
      </Title>
      <Text c="dimmed">
        {[label.social_name === null ? null : label.name, label.document, label.record_number, day(label.birth_date)]
          .filter((part) => part !== null)
          .join(' · ')}
      </Text>
      <Text c="dimmed">
        {t('sheet.by', { name: sheet.prescriber })}
        {sheet.valid_until !== null && ` · ${t('sheet.until', { day: day(sheet.valid_until) })}`}
      </Text>
    </div>
  );
}

function bodyOf(
  sheet: Sheet,
  warehouse: string,
  picks: Readonly<Record<number, Pick>>,
  reasons: Readonly<Record<string, string>>,
  receiver: { readonly name: string; readonly document: string },
) {
  return {
    prescription: sheet.prescription,
    warehouse,
    lines: linesOf(sheet, picks),
    seen: Object.entries(reasons)
      .filter(([, reason]) => reason.trim() !== '')
      .map(([alert, reason]) => ({ alert, reason: reason.trim() })),
    receiver: receiver.name.trim() === '' ? null : { name: receiver.name.trim(), document: receiver.document.trim() },
  };
}
