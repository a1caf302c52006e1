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

/** Vital signs of an open encounter, typed here; what was taken stands in the visit. */
export function Measure({ patientId, encounterId }: MeasureProps) {
  const { t } = useTranslation();
  const [shown, { toggle }] = useDisclosure();
  return (
    <Paper component="section" p="md" aria-label={t('encounter.vitals')}>
      <Group justify="space-between" mb={shown ? 'sm' : 0}>
        <Title order={3} size="h5">
          {t('encounter.vitals')}
        </Title>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={!shown && <IconPlus size={14} aria-hidden />}
          aria-label={shown ? undefined : t('encounter.addTo', { list: t('encounter.vitals') })}
          aria-expanded={shown}
          onClick={toggle}
        >
          {shown ? t('encounter.hide') : t('lists.add')}
        </Button>
      </Group>
      {shown && (
        <Suspense fallback={<Skeleton height={200} />}>
          <VitalsEntry patientId={patientId} encounterId={encounterId} />
        </Suspense>
      )}
    </Paper>
  );
}
