import { Alert, Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconArmchair, IconBed } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useClinicians } from '../data/clinicians';
import { useAdmission, useHospitalChange, useWard, type Admission } from '../data/hospital';
import { ifMatch, patients, unwrap } from '../data/server/client';
import { ADMIT, PHYSICIAN, RECORDS, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Loaded } from '../kit/states';
import { dateAndTime } from '../language/format';
import { Discharge } from './discharge';
import { Doses } from './doses';
import { WardRefused } from './refused';
import { WardStock } from './ward_stock';

/** One admission: who, where and why; what is due and was given; what the ward has. */
export function AdmissionPage() {
  const { admissionId = '' } = useParams();
  return (
    <Loaded query={useAdmission(admissionId)}>
      {(admission) => (
        <Stack gap="xl">
          <Head admission={admission} />
          <Record admission={admission} />
        </Stack>
      )}
    </Loaded>
  );
}

function Record({ admission }: { readonly admission: Admission }) {
  const { t } = useTranslation('hospital');
  return (
    <Loaded query={useWard(admission.id)}>
      {(ward) => {
        const open = admission.status === 'admitted' && ward?.closed !== true;
        return (
          <>
            {admission.status === 'admitted' && ward?.closed === true && (
              <Alert color="yellow">{t('one.closed')}</Alert>
            )}
            <Doses admission={admission.id} patient={admission.patient_name} ward={ward} open={open} />
            <WardStock admission={admission.id} patient={admission.patient_name} ward={ward} open={open} />
          </>
        );
      }}
    </Loaded>
  );
}

function Head({ admission }: { readonly admission: Admission }) {
  const { t } = useTranslation('hospital');
  const has = useHasRole();
  const clinicians = useClinicians();
  const [leaving, setLeaving] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const { place, discharge } = admission;
  const kind = t(`places.${place.kind}`);
  const Seat = place.kind === 'bed' ? IconBed : IconArmchair;
  const responsible = clinicians.find(({ value }) => value === admission.responsible)?.label;
  return (
    <Paper p="md">
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h3">
              {admission.patient_name}
            </Title>
            <Text c="dimmed" className="numeric">
              {admission.record_number} · {dateAndTime(admission.admitted_at)}
            </Text>
          </div>
          <Badge variant="light" tt="none" size="lg" leftSection={<Seat size={16} role="img" aria-label={kind} />}>
            {place.ward} · {place.name}
          </Badge>
        </Group>
        <Text>
          <strong>{t('one.diagnosis')}:</strong> {admission.diagnosis}
          {admission.diagnosis_code !== null && ` (${admission.diagnosis_code})`}
        </Text>
        {responsible !== undefined && (
          <Text>
            <strong>{t('here.responsible')}:</strong> {responsible}
          </Text>
        )}
        {discharge && (
          <Alert color="green">
            <Text fw={600}>{t('one.discharged', { at: dateAndTime(discharge.at), name: discharge.by_name })}</Text>
            <Text style={{ whiteSpace: 'pre-wrap' }}>{discharge.summary}</Text>
          </Alert>
        )}
        {admission.cancelled_for !== null && (
          <Alert color="gray">{t('one.cancelled', { reason: admission.cancelled_for })}</Alert>
        )}
        <Group>
          {has(RECORDS) && (
            <Button component={Link} to={`/patients/${admission.patient}`} variant="default">
              {t('one.chart')}
            </Button>
          )}
          {admission.status === 'admitted' && has(PHYSICIAN) && (
            <Button onClick={() => setLeaving(true)}>{t('leave.title')}</Button>
          )}
          {admission.status === 'admitted' && has(ADMIT) && (
            <Button variant="subtle" color="red" onClick={() => setCancelling(true)}>
              {t('one.cancel')}
            </Button>
          )}
        </Group>
      </Stack>
      <Dialog
        title={`${t('leave.title')} · ${admission.patient_name}`}
        opened={leaving}
        onClose={() => setLeaving(false)}
      >
        <Discharge admission={admission} onDone={() => setLeaving(false)} />
      </Dialog>
      <Dialog
        title={`${t('one.cancel')} · ${admission.patient_name}`}
        opened={cancelling}
        onClose={() => setCancelling(false)}
      >
        <Cancel admission={admission} onDone={() => setCancelling(false)} />
      </Dialog>
    </Paper>
  );
}

function Cancel({ admission, onDone }: { readonly admission: Admission; readonly onDone: () => void }) {
  const { t } = useTranslation('hospital');
  const [reason, setReason] = useState('');
  const cancelling = useHospitalChange(
    (body: { reason: string }, header) =>
      unwrap(
        patients.POST('/patients/admissions/{admission_id}/cancel', {
          params: { path: { admission_id: admission.id }, header: { ...header, ...ifMatch(admission.version) } },
          body,
        }),
      ),
    onDone,
  );
  return (
    <Stack>
      <Text>{t('one.cancelHelp')}</Text>
      <TextInput
        label={t('reason')}
        withAsterisk
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <WardRefused error={cancelling.error} />
      <Group justify="flex-end">
        <Button
          color="red"
          disabled={reason.trim().length < 5}
          loading={cancelling.isPending}
          onClick={() => cancelling.mutate({ reason })}
        >
          {t('one.cancel')}
        </Button>
      </Group>
    </Stack>
  );
}
