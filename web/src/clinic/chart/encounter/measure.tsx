import { Button, Group, Paper, Skeleton, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

const VitalsEntry = lazy(async () => ({ default: (await import('../vitals/entry')).VitalsEntry }));

interface MeasureProps {
  readonly patientId: string;
  readonly encounterId: string;
}

/** Vital signs of this encounter, typed here. */
export function Measure({ patientId, encounterId }: MeasureProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  return (
    <Paper component="section" p="md" aria-label={t('encounter.vitals')}>
      <Group justify="space-between" mb={opened ? 'xs' : 0}>
        <Title order={3} size="h5">
          {t('encounter.vitals')}
        </Title>
        {!opened && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={t('encounter.addTo', { list: t('encounter.vitals') })}
            onClick={open}
          >
            {t('lists.add')}
          </Button>
        )}
      </Group>
      {opened && (
        <Suspense fallback={<Skeleton height={200} />}>
          <VitalsEntry patientId={patientId} encounterId={encounterId} onCancel={close} />
        </Suspense>
      )}
    </Paper>
  );
}
