import { Button, Group, Menu, NativeSelect, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconChevronDown, IconPlus, IconPrescription } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useEntries, type Entry, type EntryKind } from '../../data/orders';
import { useSession } from '../../data/session/session';
import { Empty, Loaded } from '../../kit/states';
import { dateAndTime, day } from '../../language/format';
import lists from '../base/lists.module.css';
import { StatusBadge } from './status';

const PrescriptionForm = lazy(async () => ({ default: (await import('./prescription_form')).PrescriptionForm }));
const PrescriptionView = lazy(async () => ({ default: (await import('./prescription')).PrescriptionView }));
const OrderForm = lazy(async () => ({ default: (await import('./order_form')).OrderForm }));
const OrderView = lazy(async () => ({ default: (await import('./order')).OrderView }));
const PaperForm = lazy(async () => ({ default: (await import('./paper')).PaperForm }));
const PaperView = lazy(async () => ({ default: (await import('./paper')).PaperView }));

const KINDS = ['prescription', 'order', 'referral', 'certificate'] as const satisfies readonly EntryKind[];

interface OrdersProps {
  readonly patientId: string;
}

/** Everything ordered for a patient. What is open stands in the address: `?show=prescription.<id>`. */
export function OrdersSection({ patientId }: OrdersProps) {
  const [params, setParams] = useSearchParams();
  const [kind, id] = (params.get('show') ?? '').split('.');
  const shown = KINDS.find((each) => each === kind);
  const open = (next: EntryKind, which: string) => setParams({ show: `${next}.${which}` });
  const close = () => setParams({});
  if (!shown || id === undefined) return <Everything patientId={patientId} />;
  const place = { patientId, encounterId: params.get('encounter') ?? undefined, onCancel: close };
  return (
    <Suspense fallback={<Skeleton height={260} radius="lg" />}>
      <Top key={params.get('show')} />
      {shown === 'prescription' &&
        (id === 'new' ? (
          <PrescriptionForm {...place} onSaved={(made) => open('prescription', made.id)} />
        ) : (
          <PrescriptionView key={id} id={id} onOpen={open} onClose={close} />
        ))}
      {shown === 'order' &&
        (id === 'new' ? (
          <OrderForm {...place} onSaved={(made) => open('order', made.id)} />
        ) : (
          <OrderView key={id} id={id} onClose={close} />
        ))}
      {(shown === 'referral' || shown === 'certificate') &&
        (id === 'new' ? (
          <PaperForm {...place} kind={shown} onSaved={(made) => open(shown, made.id)} />
        ) : (
          <PaperView key={id} kind={shown} id={id} onClose={close} />
        ))}
    </Suspense>
  );
}

/** Each thing that is opened begins at its top, for the eye and for the keyboard. */
function Top() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    window.scrollTo({ top: 0 });
    place.current?.focus({ preventScroll: true });
  }, []);
  return <div ref={place} tabIndex={-1} />;
}

function Everything({ patientId }: OrdersProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState('');
  const entries = useEntries(patientId);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('orders.title')}
        </Title>
        <NewEntry />
      </Group>
      <NativeSelect
        label={t('orders.show')}
        w={240}
        value={kind}
        data={[
          { value: '', label: t('orders.all') },
          ...KINDS.map((each) => ({ value: each, label: t(`orders.kinds.${each}`) })),
        ]}
        onChange={(event) => setKind(event.currentTarget.value)}
      />
      <Loaded query={entries}>
        {(all) => {
          const shown = all.filter((entry) => kind === '' || entry.kind === kind);
          return (
            <>
              {shown.length === 0 && (
                <Paper p="lg">
                  <Empty icon={IconPrescription} title={t('orders.none')} body={t('orders.noneBody')} />
                </Paper>
              )}
              <ul className={lists.list}>
                {shown.map((entry) => (
                  <EntryRow key={entry.id} entry={entry} />
                ))}
              </ul>
              {entries.hasNextPage && (
                <Button
                  variant="default"
                  loading={entries.isFetchingNextPage}
                  onClick={() => void entries.fetchNextPage()}
                >
                  {t('orders.earlier')}
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

/** A certificate's title is its first and last day, `YYYY-MM-DD / YYYY-MM-DD`. */
function titleOf({ kind, title }: Entry): string {
  return kind === 'certificate' ? title.split(' / ').map(day).join(' – ') : title;
}

function EntryRow({ entry }: { readonly entry: Entry }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link className={lists.entry} to={`?show=${entry.kind}.${entry.id}`}>
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Text fw={600}>{titleOf(entry)}</Text>
            <Text size="sm" c="dimmed" className="numeric">
              {t(`orders.kind.${entry.kind}`)} · {dateAndTime(entry.at)}
            </Text>
          </div>
          <StatusBadge status={entry.status} />
        </Group>
      </Link>
    </li>
  );
}

/** Nurses write drafts of prescriptions and orders; papers are signed as they are issued. */
function NewEntry() {
  const { t } = useTranslation();
  const { me } = useSession();
  const physician = me.roles.includes('physician');
  const offered = physician ? (['order', 'referral', 'certificate'] as const) : (['order'] as const);
  return (
    <Group gap="xs">
      <Button component={Link} to="?show=prescription.new" leftSection={<IconPlus size={18} aria-hidden />}>
        {t('orders.newPrescription')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('orders.other')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((kind) => (
            <Menu.Item key={kind} component={Link} to={`?show=${kind}.new`}>
              {t(`orders.new.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
