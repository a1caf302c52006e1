import { Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { GroupSession } from '../data/groups';
import type { PatientSummary } from '../data/patients';
import { useSaving } from '../data/saving';
import { appointments, unwrap } from '../data/server/client';
import { Dialog } from '../kit/dialogs';
import { Form, FormEnd } from '../kit/forms';
import { currentLanguage } from '../language/i18n';
import { PatientPicker } from '../patients/find';

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
  const form = useForm({ initialValues: { reason: '' } });
  const saving = useSaving(
    form,
    ['agenda'],
    ({ reason }, once) => {
      const params = { path: { group_id: session.id }, header: once };
      const whom = { id: patient.id, display_name: patient.display_name, language: currentLanguage() };
      const body = { patient: whom, ...(reason.trim() !== '' && { reason }) };
      return unwrap(appointments.POST('/appointments/groups/{group_id}/places', { params, body }));
    },
    onDone,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <Text>
        <Text span c="dimmed">
          {t('book.patient')}:{' '}
        </Text>
        <Text span fw={600}>
          {patient.display_name}
        </Text>
      </Text>
      <Textarea label={t('book.reason')} autosize minRows={2} data-autofocus {...form.getInputProps('reason')} />
      <FormEnd saving={saving} onCancel={onBack} />
    </Form>
  );
}
