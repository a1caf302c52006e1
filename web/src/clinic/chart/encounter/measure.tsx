import { Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useVitals, type VitalsSet } from '../../data/chart/vitals';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { flagOf, flagsOf } from '../../language/interpretation';
import { figures, nameOf, paired } from '../../language/measured';
import classes from '../base/chart.module.css';
import { Meaning } from '../vitals/meaning';

const VitalsEntry = lazy(async () => ({ default: (await import('../vitals/entry')).VitalsEntry }));

interface MeasureProps {
  readonly patientId: string;
  readonly encounterId: string;
  /** Whether the encounter still takes values. */
  readonly open: boolean;
}

/** Vital signs of this encounter, read and typed here; fetched when they are asked for. */
export function Measure({ patientId, encounterId, open }: MeasureProps) {
  const { t } = useTranslation();
  const [shown, { toggle }] = useDisclosure();
  return (
    <Paper component="section" p="md" aria-label={t('encounter.vitals')}>
      <Group justify="space-between">
        <Title order={3} size="h5">
          {t('encounter.vitals')}
        </Title>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={open && !shown && <IconPlus size={14} aria-hidden />}
          aria-label={open && !shown ? t('encounter.addTo', { list: t('encounter.vitals') }) : undefined}
          aria-expanded={shown}
          onClick={toggle}
        >
          {shown ? t('encounter.hide') : open ? t('lists.add') : t('chart.open')}
        </Button>
      </Group>
      {shown && (
        <Stack mt="sm">
          <Taken patientId={patientId} encounterId={encounterId} />
          {open && (
            <Suspense fallback={<Skeleton height={200} />}>
              <VitalsEntry patientId={patientId} encounterId={encounterId} />
            </Suspense>
          )}
        </Stack>
      )}
    </Paper>
  );
}

/** The sets that were recorded in this encounter. */
function Taken({ patientId, encounterId }: Omit<MeasureProps, 'open'>) {
  const { t } = useTranslation();
  const sets = useVitals(patientId);
  return (
    <Loaded query={sets} rows={1}>
      {(all) => {
        const taken = all.filter((set) => set.encounter === encounterId && !set.entered_in_error);
        if (taken.length === 0) return <Text c="dimmed">{t('chart.noVitals')}</Text>;
        return taken.map((set) => <Set key={set.id} set={set} />);
      }}
    </Loaded>
  );
}

function Set({ set }: { readonly set: VitalsSet }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" c="dimmed" className="numeric">
        {dateAndTime(set.measured_at)}
      </Text>
      <dl className={classes.vitals}>
        {paired(set.findings).map(({ first, second }) => {
          const flags = flagsOf(first, second);
          return (
            <div key={first.vital}>
              <dt>{nameOf(first.vital, second !== undefined, t)}</dt>
              <dd className="numeric" data-flagged={flags.length > 0 || undefined}>
                {[figures(first, second), ...flags.map((code) => flagOf(code, t))].join(' · ')}
              </dd>
            </div>
          );
        })}
      </dl>
      <Meaning set={set} />
    </div>
  );
}
