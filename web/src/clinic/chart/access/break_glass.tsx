import { Alert, Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconFlame } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDemographics, useRefresh } from '../../data/chart/chart';
import { shownOf } from '../../data/patients';
import { patients, unwrap } from '../../data/server/client';
import { useOnce } from '../../kit/once';
import { Loaded } from '../../kit/states';
import { explain } from '../../language/refusals';
import { Banner } from '../base/banner';

const SHORTEST = 10;

/** In place of a record that the caller has nothing to do with: an emergency opens it, noted. */
export function BreakGlass({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const patient = useDemographics(patientId);
  const refresh = useRefresh(patientId);
  const once = useOnce();
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (text) => (text.trim().length < SHORTEST ? t('chart.glassShort') : null) },
  });
  const breaking = useMutation({
    mutationFn: (reason: string) => {
      const params = { path: { patient_id: patientId }, header: { 'Idempotency-Key': once(reason) } };
      return unwrap(patients.POST('/patients/{patient_id}/break-glass', { params, body: { reason: reason.trim() } }));
    },
    onSuccess: refresh,
  });
  return (
    <Stack>
      <Loaded query={patient} rows={1}>
        {(found) => <Banner patient={shownOf(found)} />}
      </Loaded>
      <Paper component="form" p="lg" maw={680} onSubmit={form.onSubmit(({ reason }) => breaking.mutate(reason))}>
        <Stack>
          <Title order={2} size="h3">
            {t('chart.glassTitle')}
          </Title>
          <Text>{t('chart.glassBody')}</Text>
          <Alert color="yellow" icon={<IconFlame aria-hidden />}>
            {t('chart.glassWarning')}
          </Alert>
          <Textarea
            label={t('chart.glassReason')}
            description={t('chart.glassHint')}
            withAsterisk
            minRows={3}
            autosize
            maxLength={200}
            {...form.getInputProps('reason')}
          />
          <div role="alert">{breaking.isError && <Alert color="red">{explain(breaking.error, t)}</Alert>}</div>
          <Group justify="flex-end">
            <Button type="submit" color="red" loading={breaking.isPending}>
              {t('chart.glassConfirm')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Stack>
  );
}
