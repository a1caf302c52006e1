import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSummary } from '../../data/chart/chart';
import { usePrescribedMedicines } from '../../data/orders';
import { both, Loaded } from '../../kit/states';
import { ageText } from '../../language/age';
import { AllergyFlags } from './banner';

/** Who it is, what could hurt them and what they take, in sight while something is prescribed or ordered. */
export function Safety({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const known = both(useSummary(patientId), usePrescribedMedicines(patientId));
  return (
    <Loaded query={known} rows={1}>
      {([summary, prescribed]) => {
        const taken = [
          ...summary.medications.map(({ text, detail }) => [text, detail].filter(Boolean).join(' ')),
          ...prescribed.map(({ line }) => `${line.product.name} ${line.product.strength}`),
        ];
        return (
          <Stack gap={4}>
            <Text fw={650}>
              {summary.patient.display_name} · {ageText(summary.patient, t)}
            </Text>
            <Group gap="xs" role="group" aria-label={t('lists.title.allergies')}>
              <AllergyFlags allergies={summary.allergies} />
            </Group>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {taken.length === 0 ? t('visit.takesNothing') : t('visit.takes', { medicines: taken.join('; ') })}
            </Text>
          </Stack>
        );
      }}
    </Loaded>
  );
}
