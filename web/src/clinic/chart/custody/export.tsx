import { Alert, Button, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDownload, IconPackageExport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { linkToPart, useAskExport, useExport, type RecordExport } from '../../data/chart/custody';
import { Refusal } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { Card } from './parts';

const SHORTEST = 5;

/** Said by the server of a copy without what only a close care relation opens. */
const WITHHELD = 'sensitive: care-relation';

/** A copy of the whole record: asked for, made in the background, fetched in parts. */
export function WholeCopy({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const id = params.get('export'); // in the address, so that a reload goes on with it
  const made = useExport(patientId, id);
  const asking = useAskExport(patientId);
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (text) => (text.trim().length < SHORTEST ? t('custody.reasonShort') : null) },
  });
  return (
    <Card title={t('custody.copy')} intro={t('custody.copyIntro')} icon={IconPackageExport}>
      {id !== null && (
        <Loaded query={made} rows={1}>
          {(found) => <Parts made={found} />}
        </Loaded>
      )}
      <form
        onSubmit={form.onSubmit(({ reason }) =>
          asking.mutate(reason.trim(), {
            onSuccess: (asked) => {
              form.reset();
              setParams({ export: asked.id }, { replace: true });
            },
          }),
        )}
      >
        <TextInput label={t('custody.copyReason')} withAsterisk maxLength={200} {...form.getInputProps('reason')} />
        <Refusal error={asking.error} />
        <Group justify="flex-end" mt="xs">
          <Button type="submit" variant={id === null ? 'filled' : 'default'} loading={asking.isPending}>
            {t('custody.askCopy')}
          </Button>
        </Group>
      </form>
    </Card>
  );
}

function Parts({ made }: { readonly made: RecordExport }) {
  const { t } = useTranslation();
  const fetching = useMutation({
    mutationFn: (part: number) => linkToPart(made, part),
    onSuccess: (url) => window.location.assign(url),
  });
  if (made.status === 'failed') return <Alert color="red">{t('custody.copyFailed')}</Alert>;
  if (made.status !== 'ready') {
    return (
      <Stack gap={4} role="status">
        <Text>{t('custody.copyMaking', { percent: made.percent })}</Text>
        <Progress value={made.percent} aria-label={t('custody.copy')} />
      </Stack>
    );
  }
  return (
    <Stack gap="xs">
      <Text role="status">{t('custody.copyReady', { until: dateAndTime(made.expires_at) })}</Text>
      {made.missing.includes(WITHHELD) && <Alert color="yellow">{t('custody.copyWithheld')}</Alert>}
      {made.missing.some((what) => what !== WITHHELD) && <Alert color="yellow">{t('custody.copyMissing')}</Alert>}
      <Group gap="xs">
        {Array.from({ length: made.parts ?? 0 }, (_, part) => (
          <Button
            key={part}
            variant="light"
            size="xs"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={fetching.isPending && fetching.variables === part}
            onClick={() => fetching.mutate(part)}
          >
            {t('custody.part', { number: part + 1, count: made.parts ?? 0 })}
          </Button>
        ))}
      </Group>
      <Refusal error={fetching.error} />
    </Stack>
  );
}
