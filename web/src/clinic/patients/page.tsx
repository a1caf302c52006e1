import { Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PatientPicker } from './find';

/** The search as a page of its own. */
export function PatientsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Stack maw={760}>
      <div>
        <Title order={1} size="h2">
          {t('patients.title')}
        </Title>
        <Text c="dimmed">{t('patients.intro')}</Text>
      </div>
      <Paper p="lg">
        <PatientPicker
          onPick={(patient) => void navigate(`/patients/${patient.id}`)}
          onRegister={() => void navigate('/patients/new')}
        />
      </Paper>
    </Stack>
  );
}
