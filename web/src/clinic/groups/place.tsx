import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { Dialog, Refusal, useChange } from '../admin/parts';
import { appointments, unwrap } from '../api';
import { currentLanguage } from '../i18n';
import { PatientPicker } from '../patients/find';
import type { PatientSummary } from '../patients/search';
import type { GroupSession } from './data';

interface PlaceProps {
  readonly session: GroupSession;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Who takes part: found like any patient, then asked about once. */
export function TakePlace({ session, opened, onClose }: PlaceProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [patient, setPatient] = useState<PatientSummary>();
  const close = () => {
    setPatient(undefined);
    onClose();
  };
  return (
    <Dialog title={t('groups.take')} opened={opened} onClose={close}>
      {patient ? (
        <PlaceForm session={session} patient={patient} onBack={() => setPatient(undefined)} onDone={close} />
      ) : (
        <PatientPicker onPick={setPatient} onRegister={() => void navigate('/patients/new')} />
      )}
    </Dialog>
  );
}

interface FormProps {
  readonly session: GroupSession;
  readonly patient: PatientSummary;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

function PlaceForm({ session, patient, onBack, onDone }: FormProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const [reason, setReason] = useState('');
  const take = useChange(
    ['agenda'],
    () => {
      const params = { path: { group_id: session.id }, header: { 'Idempotency-Key': key } };
      const whom = { id: patient.id, display_name: patient.display_name, language: currentLanguage() };
      const body = { patient: whom, ...(reason.trim() !== '' && { reason }) };
      return unwrap(appointments.POST('/appointments/groups/{group_id}/places', { params, body }));
    },
    onDone,
  );
  return (
    <Stack>
      <Text>
        <Text span c="dimmed">
          {t('book.patient')}:{' '}
        </Text>
        <Text span fw={600}>
          {patient.display_name}
        </Text>
      </Text>
      <Textarea label={t('book.reason')} autosize minRows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Refusal error={take.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>
          {t('common.back')}
        </Button>
        <Button data-autofocus loading={take.isPending} onClick={() => take.mutate(undefined, { onError: () => setKey(uuid7()) })}>
          {t('groups.take')}
        </Button>
      </Group>
    </Stack>
  );
}
