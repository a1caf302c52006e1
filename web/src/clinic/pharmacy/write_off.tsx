import { Alert, Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePharmacyChange } from '../data/pharmacy';
import { pharmacy, unwrap } from '../data/server/client';
import { LotLines, type Taken } from './lot_lines';
import { PharmacyRefused } from './refused';

const MOST = 12;

/** Takes waste or a loss off the books; of a controlled medicine a second person is asked. */
export function WriteOff({ warehouse, onDone }: { readonly warehouse: string; readonly onDone: () => void }) {
  const { t } = useTranslation('pharmacy');
  const [kind, setKind] = useState<'waste' | 'loss'>('waste');
  const [reason, setReason] = useState('');
  const [lines, setLines] = useState<readonly Taken[]>([]);
  const [waits, setWaits] = useState(false);
  const writing = usePharmacyChange(
    (body: { kind: 'waste' | 'loss'; reason: string; lines: Taken[] }, header) =>
      unwrap(
        pharmacy.POST('/pharmacy/warehouses/{warehouse_id}/write-offs', {
          params: { path: { warehouse_id: warehouse }, header },
          body,
        }),
      ),
    (posting) => (posting.state === 'awaits_second' ? setWaits(true) : onDone()),
  );
  if (waits) return <Alert color="yellow">{t('writeOff.waits')}</Alert>;
  const good = reason.trim().length >= 5 && lines.length > 0 && lines.every(({ quantity }) => quantity >= 1);
  return (
    <Stack>
      <SegmentedControl
        aria-label={t('writeOff.kind')}
        value={kind}
        data={[
          { value: 'waste', label: t('kinds.waste') },
          { value: 'loss', label: t('kinds.loss') },
        ]}
        onChange={(value) => setKind(value === 'loss' ? 'loss' : 'waste')}
      />
      <LotLines warehouse={warehouse} lines={lines} most={MOST} onChange={setLines} />
      <TextInput
        label={t('reason')}
        withAsterisk
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <PharmacyRefused error={writing.error} />
      <Group justify="flex-end">
        <Button
          color="red"
          disabled={!good}
          loading={writing.isPending}
          onClick={() => writing.mutate({ kind, reason, lines: [...lines] })}
        >
          {t('writeOff.action')}
        </Button>
      </Group>
    </Stack>
  );
}
