import { Alert, Button, Checkbox, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, usePrescription, type Prescription } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { Reasoned } from '../../kit/reasoned';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { day, dateAndTime } from '../../language/format';
import { isLanguage } from '../../language/i18n';
import { refusal } from '../../language/order_refusals';
import lists from '../base/lists.module.css';
import { AlertCard, Unchecked } from './alerts';
import classes from './orders.module.css';
import { PrescriptionForm } from './prescription_form';
import { PrintPreview } from './print';
import { Signing } from './signing';
import { StatusBadge } from './status';
import { course } from './words';

interface ViewProps {
  readonly id: string;
  /** In which a renewal is written. */
  readonly encounterId?: string | undefined;
  readonly onOpen: (kind: 'prescription', id: string) => void;
  readonly onClose: () => void;
  readonly onChanged?: ((unsaved: boolean) => void) | undefined;
}

/** One prescription: a draft to review and sign, or a signed one and what can still be done with it. */
export function PrescriptionView({ id, encounterId, onOpen, onClose, onChanged }: ViewProps) {
  const prescription = usePrescription(id);
  const [editing, setEditing] = useState(false);
  return (
    <Loaded query={prescription}>
      {(found) =>
        editing && found.status === 'draft' ? (
          <PrescriptionForm
            patientId={found.patient}
            draft={found}
            onSaved={() => setEditing(false)}
            onCancel={() => setEditing(false)}
            onChanged={onChanged}
          />
        ) : (
          <Signed
            prescription={found}
            encounterId={encounterId}
            onEdit={() => setEditing(true)}
            onOpen={onOpen}
            onClose={onClose}
          />
        )
      }
    </Loaded>
  );
}

interface SignedProps {
  readonly prescription: Prescription;
  readonly encounterId: string | undefined;
  readonly onEdit: () => void;
  readonly onOpen: (kind: 'prescription', id: string) => void;
  readonly onClose: () => void;
}

function Signed({ prescription, encounterId, onEdit, onOpen, onClose }: SignedProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const draft = prescription.status === 'draft';
  const physician = me.roles.includes('physician');
  return (
    <Paper p="md">
      <Stack>
        <Group justify="space-between">
          <Group>
            <Title order={2} size="h4">
              {t('orders.kind.prescription')}
            </Title>
            <StatusBadge status={prescription.status} />
          </Group>
          <Button variant="subtle" onClick={onClose}>
            {t('orders.back')}
          </Button>
        </Group>
        <Facts prescription={prescription} />
        <Lines prescription={prescription} />
        {prescription.overrides.length > 0 && <Overrides prescription={prescription} />}
        {!draft && <Unchecked checks={prescription} />}
        {draft ? (
          <>
            <Group>
              <Button variant="default" onClick={onEdit}>
                {t('orders.edit')}
              </Button>
              <Actions prescription={prescription} encounterId={encounterId} onOpen={onOpen} />
            </Group>
            {physician ? <Signing draft={prescription} /> : <Alert color="yellow">{t('orders.physicianSigns')}</Alert>}
          </>
        ) : (
          <Group>
            <PrintPreview
              kind="prescription"
              id={prescription.id}
              version={prescription.version}
              language={isLanguage(prescription.patient_label.language) ? prescription.patient_label.language : 'es'}
            />
            {physician && <Actions prescription={prescription} encounterId={encounterId} onOpen={onOpen} />}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function Facts({ prescription }: { readonly prescription: Prescription }) {
  const { t } = useTranslation();
  const { prescriber } = prescription;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [t('orders.writtenAt'), dateAndTime(prescription.created_at)],
    [t('orders.signedAt'), prescription.signed_at && dateAndTime(prescription.signed_at)],
    [t('orders.validUntil'), prescription.valid_until && day(prescription.valid_until)],
    [
      t('orders.prescriber'),
      prescriber && `${prescriber.name} (${prescriber.registration.type} ${prescriber.registration.number})`,
    ],
    [t('orders.code'), prescription.verification_code],
    [t('orders.statusReason'), prescription.status_reason],
  ];
  return (
    <dl className={lists.facts}>
      {facts.map(([name, value]) =>
        value == null || value === '' ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={name === t('orders.code') ? classes.code : 'numeric'}>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Lines({ prescription }: { readonly prescription: Prescription }) {
  const { t } = useTranslation();
  return (
    <ol className={lists.list} aria-label={t('orders.lines')}>
      {prescription.lines.map((line) => (
        <li key={line.number} className={lists.line} data-stopped={line.stopped_at != null || undefined}>
          <Group gap="xs">
            <Text fw={600}>
              {line.product.name} {line.product.strength}, {line.product.form}
            </Text>
            {line.product.controlled && <Tag tone="warn">{t('orders.controlled')}</Tag>}
            {line.stopped_at != null && <Tag tone="off">{t('orders.stoppedLine')}</Tag>}
          </Group>
          <Text className="numeric">{course(line, t)}</Text>
          <Text size="sm" c="dimmed">
            {t('orders.quantity', { unit: line.product.unit })}: {line.quantity}
            {line.instructions != null && ` · ${line.instructions}`}
            {!line.substitution_allowed && ` · ${t('orders.noSubstitution')}`}
          </Text>
          {line.stop_reason != null && <Text size="sm">{line.stop_reason}</Text>}
        </li>
      ))}
    </ol>
  );
}

function Overrides({ prescription }: { readonly prescription: Prescription }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('orders.overrides')}>
      <Title order={3} size="h5" mb="xs">
        {t('orders.overrides')}
      </Title>
      <Stack gap="xs">
        {prescription.overrides.map((kept) => (
          <AlertCard key={kept.alert.id} alert={kept.alert}>
            <Text size="sm" c="var(--ts-ink)">
              {t('orders.overrideKept', { reason: kept.reason, moment: dateAndTime(kept.at) })}
              {kept.precaution != null && ` ${t('orders.precautionKept', { precaution: kept.precaution })}`}
            </Text>
          </AlertCard>
        ))}
      </Stack>
    </section>
  );
}

type Change = 'hold' | 'resume' | 'complete' | 'withdraw';

function Actions({ prescription, encounterId, onOpen }: Pick<SignedProps, 'prescription' | 'encounterId' | 'onOpen'>) {
  const { t } = useTranslation();
  const { id, status, version } = prescription;
  const path = { id };
  const changing = useAct((key, { to, reason }: { readonly to: Change; readonly reason: string }) => {
    const given = { params: { path, header: { ...ifMatch(version), ...key } }, body: { reason } };
    return unwrap(orders.POST(`/orders/prescriptions/{id}/${to}`, given));
  });
  const renewing = useAct((key) =>
    unwrap(
      orders.POST('/orders/prescriptions/{id}/renew', {
        params: { path, header: key, query: { encounter: encounterId ?? null } },
      }),
    ),
  );
  const renew = () =>
    renewing.mutate(undefined, {
      onSuccess: (made) => onOpen('prescription', made.id),
      onError: (error) => notifications.show({ color: 'red', message: refusal(error, t) }),
    });
  const reasoned = (to: Change) => (reason: string) => changing.mutateAsync({ to, reason });
  const inForce = status === 'active' || status === 'on_hold';
  return (
    <>
      {status !== 'draft' && status !== 'entered_in_error' && (
        <Button variant="default" loading={renewing.isPending} onClick={renew}>
          {t('orders.renew')}
        </Button>
      )}
      {status === 'active' && (
        <Reasoned label={t('orders.hold')} body={t('orders.holdBody')} onConfirm={reasoned('hold')} />
      )}
      {status === 'on_hold' && (
        <Reasoned label={t('orders.resume')} body={t('orders.resumeBody')} onConfirm={reasoned('resume')} />
      )}
      {inForce && <Stop prescription={prescription} />}
      {status === 'active' && (
        <Reasoned label={t('orders.complete')} body={t('orders.completeBody')} onConfirm={reasoned('complete')} />
      )}
      {status !== 'entered_in_error' && (
        <Reasoned
          danger
          label={t('orders.withdraw')}
          body={t('orders.withdrawBody')}
          onConfirm={reasoned('withdraw')}
        />
      )}
    </>
  );
}

/** Stops the whole prescription, or only some of its drugs. */
function Stop({ prescription }: { readonly prescription: Prescription }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const running = prescription.lines.filter((line) => line.stopped_at == null);
  const stopping = useAct((key, reason: string) => {
    const params = { path: { id: prescription.id }, header: { ...ifMatch(prescription.version), ...key } };
    const lines = chosen.length === running.length ? [] : chosen.map(Number);
    return unwrap(orders.POST('/orders/prescriptions/{id}/stop', { params, body: { reason, lines } }));
  });
  return (
    <Reasoned
      danger
      label={t('orders.stop')}
      body={t('orders.stopBody')}
      onConfirm={(reason) => stopping.mutateAsync(reason)}
    >
      {running.length > 1 && (
        <Checkbox.Group label={t('orders.stopLines')} value={[...chosen]} onChange={setChosen}>
          <Stack gap="xs" mt="xs">
            {running.map((line) => (
              <Checkbox
                key={line.number}
                value={String(line.number)}
                label={`${line.product.name} ${line.product.strength}`}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </Reasoned>
  );
}
