import {
  Alert,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  Pill,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useAct,
  useOrderSets,
  type Order,
  type OrderBody,
  type OrderedTest,
  type OrderKind,
  type Priority,
} from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useUnsaved } from '../../kit/unsaved';
import { refusal } from '../../language/order_refusals';
import { FavouriteOrders } from './favourites';
import classes from './orders.module.css';
import { TestSearch } from './test_search';

const KINDS: readonly OrderKind[] = ['laboratory', 'imaging', 'service'];
const NO_TESTS: readonly OrderedTest[] = [];
const PRIORITIES: readonly Priority[] = ['routine', 'urgent', 'stat'];

interface FormProps {
  readonly patientId: string;
  readonly encounterId?: string | undefined;
  readonly draft?: Order;
  readonly onSaved: (saved: Order) => void;
  readonly onCancel: () => void;
  /** Told whether something is unsaved, by whoever may be closed around it. */
  readonly onChanged?: ((unsaved: boolean) => void) | undefined;
}

/** Writes a draft of a laboratory, imaging or service order: a set, single tests, or both. */
export function OrderForm({ patientId, encounterId, draft, onSaved, onCancel, onChanged }: FormProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<OrderKind>(draft?.kind ?? 'laboratory');
  const [tests, setTests] = useState<readonly OrderedTest[]>(draft?.tests ?? NO_TESTS);
  const [priority, setPriority] = useState<Priority>(draft?.priority ?? 'routine');
  const [reason, setReason] = useState(draft?.reason ?? '');
  const [hours, setHours] = useState<number | null>(draft?.result_within_hours ?? null);
  const saving = useAct((key, body: OrderBody) =>
    draft
      ? unwrap(
          orders.PUT('/orders/requests/{id}', {
            params: { path: { id: draft.id }, header: ifMatch(draft.version) },
            body,
          }),
        )
      : unwrap(orders.POST('/orders/requests', { params: { header: key }, body: { ...body, patient: patientId } })),
  );
  const changed = tests !== (draft?.tests ?? NO_TESTS) || reason !== (draft?.reason ?? '');
  const leave = useUnsaved(changed, onChanged);
  const add = (more: readonly OrderedTest[]) =>
    setTests((now) => [...now, ...more.filter((test) => !now.some((one) => one.display === test.display))]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const encounter = draft?.encounter ?? encounterId;
    saving.mutate(
      {
        kind,
        tests: [...tests],
        priority,
        reason: reason.trim(),
        ...(hours !== null && { result_within_hours: hours }),
        ...(encounter != null && { encounter }),
      },
      {
        onSuccess: (saved) => {
          leave();
          onSaved(saved);
        },
      },
    );
  };
  return (
    <Paper component="form" p="md" onSubmit={submit} noValidate aria-label={t('orders.new.order')}>
      <Stack>
        <Title order={2} size="h4">
          {t('orders.new.order')}
        </Title>
        <SegmentedControl
          aria-label={t('orders.orderKind')}
          value={kind}
          data={KINDS.map((each) => ({ value: each, label: t(`orders.orderKinds.${each}`) }))}
          onChange={(next) => {
            setKind(KINDS.find((each) => each === next) ?? kind);
            setTests([]);
          }}
        />
        <FavouriteOrders kind={kind} tests={tests} onPick={add} />
        <Sets kind={kind} onPick={add} />
        <TestSearch kind={kind} onPick={(test) => add([test])} />
        <section aria-label={t('orders.tests')}>
          <Text size="sm" fw={500} mb={4}>
            {t('orders.tests')}
          </Text>
          <Group gap="xs">
            {tests.length === 0 && (
              <Text size="sm" c="dimmed">
                {t('orders.noTests')}
              </Text>
            )}
            {tests.map((test) => (
              <Pill
                key={test.display}
                size="md"
                withRemoveButton
                removeButtonProps={{
                  'aria-label': `${t('orders.removeLine')}: ${test.display}`,
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
                onRemove={() => setTests(tests.filter((one) => one !== test))}
              >
                {test.display}
                {test.loinc == null && test.code == null && ` (${t('orders.uncodedMark')})`}
              </Pill>
            ))}
          </Group>
        </section>
        <div className={classes.fields}>
          <NativeSelect
            label={t('orders.priorityLabel')}
            value={priority}
            data={PRIORITIES.map((each) => ({ value: each, label: t(`orders.priority.${each}`) }))}
            onChange={(event) =>
              setPriority(PRIORITIES.find((each) => each === event.currentTarget.value) ?? 'routine')
            }
          />
          <NumberInput
            label={t('orders.within')}
            placeholder={t('orders.withinDefault')}
            min={1}
            max={8760}
            hideControls
            allowDecimal={false}
            value={hours ?? ''}
            onChange={(next) => setHours(typeof next === 'number' ? next : null)}
          />
        </div>
        <Textarea
          label={t('orders.indication')}
          withAsterisk
          autosize
          minRows={2}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div role="alert">{saving.isError && <Alert color="red">{refusal(saving.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={tests.length === 0 || reason.trim() === ''}>
            {t('orders.toReview')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Sets({
  kind,
  onPick,
}: {
  readonly kind: OrderKind;
  readonly onPick: (tests: readonly OrderedTest[]) => void;
}) {
  const { t } = useTranslation();
  const sets = useOrderSets();
  const fitting = (sets.data ?? []).filter((set) => set.kind === kind);
  if (fitting.length === 0) return null;
  return (
    <section aria-label={t('orders.sets')}>
      <Text size="sm" fw={500} mb={4}>
        {t('orders.sets')}
      </Text>
      <Group gap="xs">
        {fitting.map((set) => (
          <Button key={set.code} size="xs" variant="light" onClick={() => onPick(set.tests)}>
            {set.name}
          </Button>
        ))}
      </Group>
    </section>
  );
}
