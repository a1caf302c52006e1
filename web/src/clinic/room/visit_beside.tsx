import { Group, Paper, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Safety } from '../chart/base/safety';
import { NewInVisit } from '../chart/visit/new';
import { VisitPanel, type Shown } from '../chart/visit/panel';
import { useSummary } from '../data/chart/chart';
import { useConsultEncounter } from '../data/chart/visit';

interface OfferProps {
  readonly patient: string;
  readonly onShow: (shown: Shown) => void;
}

/** Below the call: what could hurt the patient, what they take, and what may be written for them. */
export function VisitOffer({ patient, onShow }: OfferProps) {
  const { t } = useTranslation();
  const known = useSummary(patient);
  if (known.data === undefined) return null; // the chart beside it says why it does not open
  return (
    <Paper p="sm" component="section" aria-label={t('visit.title')}>
      <Stack gap="xs">
        <Safety patientId={patient} />
        <Group gap="xs">
          <NewInVisit onShow={onShow} />
        </Group>
      </Stack>
    </Paper>
  );
}

interface BesideProps {
  readonly patient: string;
  readonly consultId: string;
  readonly shown: Shown | undefined;
  readonly onShow: (shown: Shown | undefined) => void;
}

/** Beside the call, and still there when it ends: what is written belongs to the encounter that it becomes. */
export function VisitBeside({ patient, consultId, shown, onShow }: BesideProps) {
  const { t } = useTranslation();
  const encounter = useConsultEncounter(patient, consultId, shown !== undefined);
  return (
    <VisitPanel
      patientId={patient}
      encounterId={encounter.isError ? undefined : (encounter.data ?? null)}
      notice={encounter.isError ? t('visit.noEncounter') : undefined}
      shown={shown}
      side="right"
      onShow={onShow}
    />
  );
}
