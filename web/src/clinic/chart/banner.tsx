import { Badge, Group, Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/patients';
import { age, day } from '../layout/format';

type Patient = components['schemas']['Patient'];

/** Who this record is about, in sight on every page of the chart. */
export function Banner({ patient }: { readonly patient: Patient }) {
  const { t } = useTranslation();
  const { name } = patient;
  const { years, months } = age(patient.birth_date);
  const document = patient.documents[0];
  return (
    <Paper
      component="header"
      p="md"
      aria-label={t('chart.banner')}
      style={{ position: 'sticky', top: 68, zIndex: 5, boxShadow: 'var(--ts-shadow)' }}
    >
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h3">
          {[name.social_name ?? name.given, name.family, name.second_family].filter(Boolean).join(' ')}
        </Title>
        <Group gap="md" className="numeric">
          <Text>
            {years >= 2 ? t('chart.years', { count: years }) : t('chart.months', { count: months })} ·{' '}
            {t(`register.${patient.sex}`)} · {day(patient.birth_date)}
          </Text>
          {document && (
            <Text c="dimmed">
              {document.type} {document.number}
            </Text>
          )}
          <Text c="dimmed">{t('chart.record', { number: patient.record_number })}</Text>
          {patient.deceased_on && <Badge color="gray">{t('find.deceased')}</Badge>}
        </Group>
      </Group>
    </Paper>
  );
}
