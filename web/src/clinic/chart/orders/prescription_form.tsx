import { Alert, Button, Group, NumberInput, Paper, Stack, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../../common/uuid';
import { useAct, useLineChecks, type FormularyItem, type Prescription, type PrescriptionBody } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { DecimalField } from '../../kit/decimal_field';
import { useUnsaved } from '../../kit/unsaved';
import { refusal } from '../../language/order_refusals';
import { CodesPicker } from '../base/codes_picker';
import lists from '../base/lists.module.css';
import { AlertCard } from './alerts';
import { writtenOf } from './draft_body';
import { FavouriteLines } from './favourites';
import { FormularySearch } from './formulary';
import { firstLine, isComplete, LineFields, type DraftLine } from './line_fields';
import classes from './orders.module.css';

const MOST_LINES = 10;

interface FormProps {
  readonly patientId: string;
  readonly encounterId?: string | undefined;
  /** The draft that is being changed; none writes a new one. */
  readonly draft?: Prescription;
  readonly onSaved: (saved: Prescription) => void;
  readonly onCancel: () => void;
  /** Told whether something is unsaved, by whoever may be closed around it. */
  readonly onChanged?: ((unsaved: boolean) => void) | undefined;
}

/** Writes a draft. Nothing counts before it is signed, on the next page with its alerts. */
export function PrescriptionForm({ patientId, encounterId, draft, onSaved, onCancel, onChanged }: FormProps) {
  const { t } = useTranslation();
  const [lines, setLines] = useState<readonly DraftLine[]>(() => draft?.lines.map(reopened) ?? []);
  const [told, setTold] = useState<readonly string[]>(draft?.reported_allergies ?? []);
  const [validDays, setValidDays] = useState(draft?.valid_days ?? 30);
  const [weight, setWeight] = useState(draft?.weight_kg ?? 0);
  const [changed, setChanged] = useState(false);
  const saving = useAct((key, body: PrescriptionBody) =>
    draft
      ? unwrap(
          orders.PUT('/orders/prescriptions/{id}', {
            params: { path: { id: draft.id }, header: ifMatch(draft.version) },
            body,
          }),
        )
      : unwrap(
          orders.POST('/orders/prescriptions', { params: { header: key }, body: { ...body, patient: patientId } }),
        ),
  );
  const leave = useUnsaved(changed, onChanged);
  const update = (next: readonly DraftLine[]) => {
    setLines(next);
    setChanged(true);
  };
  const add = (product: FormularyItem) =>
    update([...lines, { key: uuid7(), product, line: firstLine(product), counted: true }]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const encounter = draft?.encounter ?? encounterId;
    saving.mutate(
      {
        lines: lines.map(({ line }) => line),
        reported_allergies: [...told],
        valid_days: validDays,
        ...(weight > 0 && { weight_kg: weight }),
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
  const ready = lines.filter(isComplete);
  const [asked] = useDebouncedValue(
    ready.length === 0
      ? undefined
      : {
          lines: ready.map(({ line }) => line),
          reported_allergies: [...told],
          ...(weight > 0 && { weight_kg: weight }),
        },
    500,
  );
  const checks = useLineChecks(patientId, asked);
  const sound = lines.length > 0 && lines.every(isComplete) && validDays > 0;
  return (
    <Paper component="form" p="md" onSubmit={submit} noValidate aria-label={t('orders.newPrescription')}>
      <Stack>
        <Title order={2} size="h4">
          {t(draft ? 'orders.editPrescription' : 'orders.newPrescription')}
        </Title>
        {lines.length < MOST_LINES && (
          <FormularySearch label={t('orders.addDrug')} hint={t('orders.addDrugHint')} onPick={add} />
        )}
        <FavouriteLines
          lines={lines}
          onPick={(line) => {
            if (lines.length < MOST_LINES) update([...lines, line]);
          }}
        />
        {lines.length > 0 && (
          <ol className={lists.list} aria-label={t('orders.lines')}>
            {lines.map((each) => (
              <LineFields
                key={each.key}
                draft={each}
                onChange={(next) => update(lines.map((one) => (one.key === each.key ? next : one)))}
                onRemove={() => update(lines.filter((one) => one.key !== each.key))}
              />
            ))}
          </ol>
        )}
        <ToldAllergies
          codes={told}
          onChange={(next) => {
            setTold(next);
            setChanged(true);
          }}
        />
        <div aria-live="polite">
          {ready.length > 0 && checks.data?.alerts.map((alert) => <AlertCard key={alert.id} alert={alert} />)}
        </div>
        <DecimalField
          label={t('orders.weight')}
          w={220}
          most={635}
          value={weight === 0 ? undefined : weight}
          onChange={(next) => {
            setWeight(next ?? 0);
            setChanged(true);
          }}
        />
        <NumberInput
          label={t('orders.validDays')}
          w={220}
          min={1}
          max={365}
          clampBehavior="strict"
          hideControls
          allowDecimal={false}
          value={validDays === 0 ? '' : validDays}
          onChange={(next) => setValidDays(typeof next === 'number' ? next : 0)}
        />
        <div role="alert">{saving.isError && <Alert color="red">{refusal(saving.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={!sound}>
            {t('orders.toReview')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

interface ToldProps {
  readonly codes: readonly string[];
  readonly onChange: (codes: readonly string[]) => void;
}

/** Allergies told at this visit, from the pick list, checked beside the recorded ones. */
function ToldAllergies({ codes, onChange }: ToldProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(codes.length > 0);
  if (open) {
    return <CodesPicker label={t('orders.toldAllergies')} purpose="allergy" value={codes} onChange={onChange} />;
  }
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      w="fit-content"
      classNames={{ root: classes.wrap ?? '', label: classes.wrapped ?? '' }}
      onClick={() => setOpen(true)}
    >
      {t('orders.tellAllergy')}
    </Button>
  );
}

function reopened(line: Prescription['lines'][number]): DraftLine {
  return { key: uuid7(), product: line.product, line: writtenOf(line), counted: false };
}
