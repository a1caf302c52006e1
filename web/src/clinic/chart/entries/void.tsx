import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRefresh } from '../../data/chart/chart';
import { type Entry, reviseEntry } from '../../data/chart/entries';
import { explain } from '../../language/refusals';
import type { Kind } from './model';
import { voidBody } from './values';

const LONGEST_REASON = 300;

interface VoidFormProps {
  readonly patientId: string;
  readonly kind: Kind;
  readonly entry: Entry;
  readonly onDone: () => void;
}

/** Marks an entry as entered in error; it stays readable, with the reason in its comment. */
export function VoidForm({ patientId, kind, entry, onDone }: VoidFormProps) {
  const { t } = useTranslation();
  const refresh = useRefresh(patientId);
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (text) => (text.trim() === '' ? t('common.required') : null) },
  });
  const voiding = useMutation({
    mutationFn: (reason: string) => {
      const why = t('lists.voidedBecause', { reason: reason.trim() });
      return reviseEntry(kind.name, entry, voidBody(kind, entry, why));
    },
    onSuccess: async () => {
      await refresh();
      onDone();
    },
  });
  return (
    <form onSubmit={form.onSubmit(({ reason }) => voiding.mutate(reason))}>
      <Stack>
        <Text fw={600}>{entry.text}</Text>
        <Text>{t('lists.voidBody')}</Text>
        <Textarea
          data-autofocus
          label={t('lists.voidReason')}
          withAsterisk
          autosize
          minRows={2}
          maxLength={LONGEST_REASON}
          {...form.getInputProps('reason')}
        />
        <div role="alert">{voiding.isError && <Alert color="red">{explain(voiding.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" color="red" loading={voiding.isPending}>
            {t('lists.void')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
