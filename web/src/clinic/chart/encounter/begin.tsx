import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useRefresh } from '../../data/chart/chart';
import { patients, unwrap } from '../../data/server/client';
import { MomentField } from '../../kit/date_field';
import { useOnce } from '../../kit/once';
import { explain } from '../../language/refusals';
import { isMoment } from '../../language/typed_date';
import { LOCAL } from '../entries/values';

export const ENCOUNTER_KINDS = ['ambulatory', 'telemedicine', 'day_hospital'] as const;

/** A dialog that begins an encounter and leads to its page. */
export function useBeginEncounter(patientId: string): { readonly open: () => void; readonly dialog: ReactNode } {
  const [opened, { open, close }] = useDisclosure();
  return { open, dialog: <Begin patientId={patientId} opened={opened} onClose={close} /> };
}

interface BeginProps {
  readonly patientId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function Begin({ patientId, opened, onClose }: BeginProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('encounter.begin')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <BeginForm patientId={patientId} onClose={onClose} />
    </Modal>
  );
}

function BeginForm({ patientId, onClose }: Omit<BeginProps, 'opened'>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const refresh = useRefresh(patientId);
  const once = useOnce();
  const form = useForm<{ kind: (typeof ENCOUNTER_KINDS)[number]; reason: string; startedAt: string }>({
    initialValues: {
      kind: 'ambulatory',
      reason: '',
      startedAt: dayjs().format(LOCAL),
    },
    validate: { startedAt: (text) => (isMoment(text) ? null : t('common.required')) },
  });
  const beginning = useMutation({
    mutationFn: ({ kind, reason, startedAt }: typeof form.values) => {
      const body = {
        kind,
        started_at: dayjs(startedAt).toISOString(),
        ...(reason.trim() !== '' && { reason: reason.trim() }),
      };
      const params = { path: { patient_id: patientId }, header: { 'Idempotency-Key': once(body) } };
      return unwrap(patients.POST('/patients/{patient_id}/encounters', { params, body }));
    },
    onSuccess: async (encounter) => {
      onClose();
      await navigate(`/patients/${encounter.patient}/encounters/${encounter.id}`);
      await refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => beginning.mutate(values))}>
      <Stack>
        <TextInput data-autofocus label={t('encounter.reason')} maxLength={200} {...form.getInputProps('reason')} />
        <Select
          label={t('encounter.kind')}
          allowDeselect={false}
          data={ENCOUNTER_KINDS.map((kind) => ({ value: kind, label: t(`chart.kind.${kind}`) }))}
          {...form.getInputProps('kind')}
        />
        <MomentField label={t('encounter.startedAt')} {...form.getInputProps('startedAt')} />
        <div role="alert">{beginning.isError && <Alert color="red">{explain(beginning.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={beginning.isPending}>
            {t('encounter.begin')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
