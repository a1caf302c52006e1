import { Alert, Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconGavel } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../data/chart/chart';
import { useHold, useSetHold } from '../../data/chart/custody';
import { Refusal } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { Card } from './parts';

const SHORTEST = 5;

/** While a lawsuit or an investigation asks for the record, nobody can destroy it. */
export function LegalHold({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const hold = useHold(patientId);
  const setting = useSetHold(patientId);
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (text) => (text.trim().length < SHORTEST ? t('custody.reasonShort') : null) },
  });
  return (
    <Card title={t('custody.hold')} intro={t('custody.holdIntro')} icon={IconGavel}>
      <Loaded query={hold} rows={1}>
        {(found) =>
          found.held ? (
            <>
              <Alert color="yellow" title={t('custody.held')}>
                {found.reason}
                <br />
                {t('custody.heldBy', {
                  name: nameOf(found.by ?? ''),
                  since: found.since === null ? '' : dateAndTime(found.since),
                })}
              </Alert>
              <Group justify="flex-end">
                <Button variant="default" loading={setting.isPending} onClick={() => setting.mutate(null)}>
                  {t('custody.liftHold')}
                </Button>
              </Group>
            </>
          ) : (
            <form
              onSubmit={form.onSubmit(({ reason }) => setting.mutate(reason.trim(), { onSuccess: () => form.reset() }))}
            >
              <TextInput
                label={t('custody.holdReason')}
                withAsterisk
                maxLength={200}
                {...form.getInputProps('reason')}
              />
              <Group justify="flex-end" mt="xs">
                <Button type="submit" variant="default" loading={setting.isPending}>
                  {t('custody.setHold')}
                </Button>
              </Group>
            </form>
          )
        }
      </Loaded>
      <Refusal error={setting.error} />
    </Card>
  );
}
