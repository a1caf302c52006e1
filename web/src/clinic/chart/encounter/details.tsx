import {
  ActionIcon,
  Alert,
  Button,
  Group,
  Modal,
  MultiSelect,
  Paper,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconEdit, IconPrinter } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useNames, useRefresh } from '../../data/chart/chart';
import type { Encounter } from '../../data/notes/notes';
import { ifMatch, patients, unwrap } from '../../data/server/client';
import { MomentField } from '../../kit/date_field';
import { Flag } from '../../kit/flag';
import { dateAndTime, time } from '../../language/format';
import { explain } from '../../language/refusals';
import { isMoment } from '../../language/typed_date';
import { SENSITIVITY } from '../entries/sensitivity';
import { LOCAL } from '../entries/values';
import { ENCOUNTER_KINDS } from './begin';
import { Status } from './list';

/** What the encounter is: when, where, who, why, and who signed. */
export function Details({ encounter }: { readonly encounter: Encounter }) {
  const { t } = useTranslation();
  const [editing, { open, close }] = useDisclosure();
  const { practitioners, signatures, ended_at: ended } = encounter;
  const nameOf = useNames();
  return (
    <Paper component="section" p="md" aria-label={t('encounter.details')}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2} size="h3">
            {encounter.reason ?? t(`chart.kind.${encounter.kind}`)}
          </Title>
          <Text c="dimmed" className="numeric">
            {t(`chart.kind.${encounter.kind}`)} · {dateAndTime(encounter.started_at)}
            {ended !== null && ` – ${time(ended)}`} · {practitioners.map(({ name }) => name).join(', ')}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          <Status encounter={encounter} />
          <ActionIcon variant="subtle" aria-label={t('encounter.print')} onClick={() => window.print()}>
            <IconPrinter size={18} aria-hidden />
          </ActionIcon>
          {encounter.status === 'open' && (
            <ActionIcon variant="subtle" aria-label={t('encounter.editDetails')} onClick={open}>
              <IconEdit size={18} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      </Group>
      {(encounter.sensitivity.length > 0 || signatures.length > 0) && (
        <Group gap="xs" mt="xs">
          {encounter.sensitivity.map((label) => (
            <Flag key={label} kind="unknown">
              {t(`lists.label.${label}`)}
            </Flag>
          ))}
          {encounter.cosigner !== null && signatures.every((one) => one.by !== encounter.cosigner) && (
            <Flag kind="unknown">{t('encounter.waitsCosign', { name: nameOf(encounter.cosigner) })}</Flag>
          )}
          {signatures.map((one) => (
            <Text key={one.by} size="sm" className="numeric">
              {t(one.role === 'author' ? 'encounter.signedBy' : 'encounter.cosignedBy', {
                name: one.name,
                at: dateAndTime(one.at),
              })}
            </Text>
          ))}
        </Group>
      )}
      <Modal
        opened={editing}
        onClose={close}
        title={t('encounter.editDetails')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Correct encounter={encounter} onDone={close} />
      </Modal>
    </Paper>
  );
}

/** Kind, times, reason and labels, while the encounter is open. */
function Correct({ encounter, onDone }: { readonly encounter: Encounter; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefresh(encounter.patient);
  const form = useForm({
    initialValues: {
      kind: encounter.kind,
      reason: encounter.reason ?? '',
      startedAt: dayjs(encounter.started_at).format(LOCAL),
      endedAt: encounter.ended_at === null ? '' : dayjs(encounter.ended_at).format(LOCAL),
      sensitivity: encounter.sensitivity,
    },
    validate: {
      startedAt: (text) => (isMoment(text) ? null : t('common.required')),
      endedAt: (text) => (text === '' || isMoment(text) ? null : t('field.invalid')),
    },
  });
  const saving = useMutation({
    mutationFn: ({ kind, reason, startedAt, endedAt, sensitivity }: typeof form.values) => {
      const params = { path: { encounter_id: encounter.id }, header: ifMatch(encounter.version) };
      const body = {
        kind,
        reason: reason.trim() === '' ? null : reason.trim(),
        started_at: unchanged(startedAt, encounter.started_at),
        ended_at: endedAt === '' ? null : unchanged(endedAt, encounter.ended_at),
        site: encounter.site,
        sensitivity,
      };
      return unwrap(patients.PUT('/patients/encounters/{encounter_id}', { params, body }));
    },
    onSuccess: async () => {
      await refresh();
      onDone();
    },
    onError: refresh,
  });
  return (
    <form onSubmit={form.onSubmit((values) => saving.mutate(values))}>
      <Stack>
        <TextInput data-autofocus label={t('encounter.reason')} maxLength={200} {...form.getInputProps('reason')} />
        <Select
          label={t('encounter.kind')}
          allowDeselect={false}
          data={ENCOUNTER_KINDS.map((kind) => ({ value: kind, label: t(`chart.kind.${kind}`) }))}
          {...form.getInputProps('kind')}
        />
        <MomentField label={t('encounter.startedAt')} {...form.getInputProps('startedAt')} />
        <MomentField label={t('encounter.endedAt')} {...form.getInputProps('endedAt')} />
        <MultiSelect
          label={t('lists.field.sensitivity')}
          description={t('lists.sensitivityHint')}
          data={SENSITIVITY.map((value) => ({ value, label: t(`lists.label.${value}`) }))}
          {...form.getInputProps('sensitivity')}
        />
        <div role="alert">{saving.isError && <Alert color="red">{explain(saving.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The moment that was read, unless its minute was changed: the field shows no seconds. */
function unchanged(typed: string, read: string | null): string {
  return read !== null && dayjs(read).format(LOCAL) === typed ? read : dayjs(typed).toISOString();
}
