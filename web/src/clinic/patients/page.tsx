import { Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PatientPicker } from './find';
import { KnownPatients } from './known';

/** The search as a page of its own, and below it those one is likely to look for. */
export function PatientsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Stack maw={1160}>
      <div>
        <Title order={1} size="h2">
          {t('patients.title')}
        </Title>
        <Text c="dimmed">{t('patients.intro')}</Text>
      </div>
      <Paper p="md">
        <PatientPicker
          onPick={(patient) => void navigate(`/patients/${patient.id}`)}
          onRegister={() => void navigate('/patients/new')}
        />
      </Paper>
      <KnownPatients />
    </Stack>
  );
}
