import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOrder, usePrescription, type Entry } from '../../data/orders';
import { day } from '../../language/format';
import lists from '../base/lists.module.css';
import { StatusBadge } from '../orders/status';
import { course } from '../orders/words';
import { Late } from './late';
import type { Shown } from './panel';

interface OrderedProps {
  readonly patientId: string;
  readonly entries: readonly Entry[];
  readonly signed: string | undefined;
  /** Opens one beside the note; without it a link leads there, or nothing where only reading is meant. */
  readonly onOpen?: ((shown: Shown) => void) | undefined;
  readonly linked: boolean;
}

/** Prescriptions with their courses, orders with their tests, papers. */
export function Ordered({ patientId, entries, signed, onOpen, linked }: OrderedProps) {
  const { t } = useTranslation();
  return (
    <ul className={lists.list}>
      {entries.map((entry) => (
        <li key={entry.id} className={lists.line}>
          <Group justify="space-between" align="flex-start" gap="xs">
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                {t(`orders.kind.${entry.kind}`)}
              </Text>
              <StatusBadge status={entry.status} />
            </Group>
            {onOpen ? (
              <Anchor component="button" size="sm" onClick={() => onOpen({ kind: entry.kind, id: entry.id })}>
                {t(entry.status === 'draft' ? 'visit.toSign' : 'visit.open')}
              </Anchor>
            ) : (
              linked && (
                <Anchor component={Link} size="sm" to={`/patients/${patientId}/orders?show=${entry.kind}.${entry.id}`}>
                  {t('visit.open')}
                </Anchor>
              )
            )}
          </Group>
          <Said entry={entry} signed={signed} />
        </li>
      ))}
    </ul>
  );
}

function Said({ entry, signed }: { readonly entry: Entry; readonly signed: string | undefined }) {
  if (entry.kind === 'prescription') return <Prescribed entry={entry} signed={signed} />;
  if (entry.kind === 'order') return <Asked entry={entry} signed={signed} />;
  return <Titled entry={entry} signed={signed} />;
}

interface SaidProps {
  readonly entry: Entry;
  readonly signed: string | undefined;
}

/** What the list says, until the whole is there or when it does not come. */
function Titled({ entry, signed }: SaidProps) {
  const title = entry.kind === 'certificate' ? entry.title.split(' / ').map(day).join(' – ') : entry.title;
  return (
    <Stack gap={4}>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {title}
      </Text>
      <Late at={entry.at} signed={signed} />
    </Stack>
  );
}

function Prescribed({ entry, signed }: SaidProps) {
  const { t } = useTranslation();
  const { data } = usePrescription(entry.id);
  if (!data) return <Titled entry={entry} signed={signed} />;
  return (
    <Stack gap={4}>
      {data.lines.map((line) => (
        <div key={line.number} data-stopped={line.stopped_at != null || undefined}>
          <Text fw={600} td={line.stopped_at == null ? undefined : 'line-through'}>
            {line.product.name} {line.product.strength}, {line.product.form}
          </Text>
          <Text size="sm" className="numeric">
            {course(line, t)} · {t('orders.quantity', { unit: line.product.unit })}: {line.quantity}
            {line.instructions != null && ` · ${line.instructions}`}
          </Text>
        </div>
      ))}
      <Late at={data.signed_at ?? data.created_at} signed={signed} />
    </Stack>
  );
}

function Asked({ entry, signed }: SaidProps) {
  const { data } = useOrder(entry.id);
  if (!data) return <Titled entry={entry} signed={signed} />;
  return (
    <Stack gap={4}>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {data.tests.map(({ display }) => display).join('; ')}
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {data.reason}
      </Text>
      <Late at={data.signed_at ?? data.created_at} signed={signed} />
    </Stack>
  );
}
