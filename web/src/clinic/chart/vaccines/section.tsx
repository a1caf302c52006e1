import { Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlannedDose, PlannedSeries } from '../../data/chart/immunization';
import { currentLanguage } from '../../language/i18n';
import type { SectionProps } from '../base/section';
import { EntryForm } from '../entries/form';
import { EntryList } from '../entries/list';
import { KINDS } from '../entries/model';
import { VaccinationPlan } from './plan';

interface Recording {
  readonly series: PlannedSeries;
  readonly dose: PlannedDose;
}

/** The plan first, then what is recorded. */
export function VaccinesSection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const [recording, setRecording] = useState<Recording>();
  const done = () => setRecording(undefined);
  return (
    <Stack gap="xl">
      <VaccinationPlan patientId={patientId} onRecord={(series, dose) => setRecording({ series, dose })} />
      <EntryList patientId={patientId} kind={KINDS.immunizations} />
      <Modal
        opened={recording !== undefined}
        onClose={done}
        size="lg"
        closeOnClickOutside={false}
        title={t('vaccines.record')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {recording && (
          <EntryForm
            patientId={patientId}
            kind={KINDS.immunizations}
            initial={{
              codes: [recording.series.vaccine.code],
              text: recording.series.vaccine.titles[currentLanguage()],
              dose_number: recording.dose.number,
            }}
            onDone={done}
          />
        )}
      </Modal>
    </Stack>
  );
}
