import { Alert, Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconTrashX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Problem } from '../../../common/problem';
import { useNames } from '../../data/chart/chart';
import { useShred, useShredding, type NewShredding, type Shredding } from '../../data/chart/custody';
import { useSession } from '../../data/session/session';
import { Refusal } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { Card } from './parts';

const BASES = [
  'retention-expired',
  'court-order',
  'registered-in-error',
] as const satisfies readonly NewShredding['basis'][];
const SHORTEST = 10;

/** Destroying the record for ever: one administrator asks, another one agrees. */
export function Destruction({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const request = useShredding(patientId);
  return (
    <Card title={t('custody.shred')} intro={t('custody.shredIntro')} icon={IconTrashX}>
      <Loaded query={request} rows={1}>
        {(found) =>
          found === null || found.status === 'withdrawn' ? (
            <Ask patientId={patientId} />
          ) : found.status === 'requested' ? (
            <Requested patientId={patientId} request={found} />
          ) : (
            <Alert color="red">{t('custody.shredded')}</Alert>
          )
        }
      </Loaded>
    </Card>
  );
}

function Ask({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const shred = useShred(patientId);
  const form = useForm({
    initialValues: { basis: null as NewShredding['basis'] | null, reason: '', recordNumber: '' },
    validate: {
      basis: (basis) => (basis === null ? t('common.required') : null),
      reason: (text) => (text.trim().length < SHORTEST ? t('custody.shredShort') : null),
      recordNumber: (text) => (text.trim() === '' ? t('common.required') : null),
    },
  });
  if (!open) {
    return (
      <Group justify="flex-end">
        <Button variant="light" color="red" onClick={() => setOpen(true)}>
          {t('custody.askShred')}
        </Button>
      </Group>
    );
  }
  const submit = form.onSubmit(({ basis, reason, recordNumber }) =>
    shred.mutate(
      {
        step: 'request',
        body: { basis: basis ?? 'court-order', reason: reason.trim(), record_number: recordNumber.trim() },
      },
      { onError: (error) => isNumber(error) && form.setFieldError('recordNumber', t('custody.otherNumber')) },
    ),
  );
  return (
    <form onSubmit={submit} aria-label={t('custody.askShred')}>
      <Stack gap="sm">
        <Alert color="red">{t('custody.shredWarning')}</Alert>
        <Select
          label={t('custody.basis')}
          withAsterisk
          data={BASES.map((basis) => ({ value: basis, label: t(`custody.basisOf.${basis}`) }))}
          {...form.getInputProps('basis')}
        />
        <Textarea
          label={t('custody.shredReason')}
          withAsterisk
          autosize
          minRows={2}
          maxLength={200}
          {...form.getInputProps('reason')}
        />
        <RecordNumber {...form.getInputProps('recordNumber')} />
        <Refusal error={shred.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setOpen(false)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" color="red" loading={shred.isPending}>
            {t('custody.askShred')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Requested({ patientId, request }: { readonly patientId: string; readonly request: Shredding }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { me } = useSession();
  const navigate = useNavigate();
  const shred = useShred(patientId);
  const mine = request.requested_by === me.id;
  const form = useForm({
    initialValues: { recordNumber: '' },
    validate: { recordNumber: (text) => (text.trim() === '' ? t('common.required') : null) },
  });
  const confirm = form.onSubmit(({ recordNumber }) =>
    shred.mutate(
      { step: 'confirm', version: request.version, recordNumber: recordNumber.trim() },
      {
        onError: (error) => isNumber(error) && form.setFieldError('recordNumber', t('custody.otherNumber')),
        onSuccess: () => {
          notifications.show({ message: t('custody.shredded') });
          void navigate('/patients');
        },
      },
    ),
  );
  return (
    <Stack gap="sm">
      <Alert color="red" title={t('custody.shredAsked')}>
        {t('custody.shredBy', { name: nameOf(request.requested_by), at: dateAndTime(request.requested_at) })}
        <br />
        {t(`custody.basisOf.${request.basis}`)}: {request.reason}
      </Alert>
      {mine ? (
        <Text>{t('custody.shredSecond')}</Text>
      ) : (
        <form onSubmit={confirm} aria-label={t('custody.confirmShred')}>
          <Stack gap="sm">
            <Text fw={600}>{t('custody.shredWarning')}</Text>
            <RecordNumber {...form.getInputProps('recordNumber')} />
            <Group justify="flex-end">
              <Button type="submit" color="red" loading={shred.isPending && shred.variables.step === 'confirm'}>
                {t('custody.confirmShred')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      <Refusal error={shred.error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          loading={shred.isPending && shred.variables.step === 'withdraw'}
          onClick={() => shred.mutate({ step: 'withdraw', version: request.version })}
        >
          {t('custody.withdrawShred')}
        </Button>
      </Group>
    </Stack>
  );
}

/** Typed, not shown for copying beside it: nobody hits the wrong record. */
function RecordNumber(props: object) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('custody.typeNumber')}
      description={t('custody.typeNumberHint')}
      withAsterisk
      autoComplete="off"
      {...props}
    />
  );
}

function isNumber(error: Error): boolean {
  return error instanceof Problem && error.fields.some(({ pointer }) => pointer === '/record_number');
}
