import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ADMINISTRATOR, useHasRole } from '../../data/session/roles';
import type { SectionProps } from '../base/section';
import { WholeCopy } from './export';
import { LegalHold } from './hold';
import { Duplicates } from './merge';
import { Destruction } from './shredding';
import { CareTeam } from './team';

/** Who keeps the record and what may become of it, as far as the user's role goes. */
export function CustodySection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('chart.sections.custody')}
      </Title>
      <CareTeam patientId={patientId} />
      {has(ADMINISTRATOR) && (
        <>
          <Duplicates patientId={patientId} />
          <WholeCopy patientId={patientId} />
          <LegalHold patientId={patientId} />
          <Destruction patientId={patientId} />
        </>
      )}
    </Stack>
  );
}
