import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCalendarPlus, IconMail, IconPencil, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePatientsAppointments } from '../data/agenda';
import { useDemographics } from '../data/chart/chart';
import { Loaded } from '../kit/states';
import { dayAndTime } from '../language/format';

/** To the form in which it is corrected who the patient is. */
export function CorrectLink({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  return (
    <div>
      <Button
        component={Link}
        to={`/patients/${patientId}/correct`}
        variant="default"
        leftSection={<IconPencil size={18} aria-hidden />}
      >
        {t('register.correct')}
      </Button>
    </div>
  );
}

/** What the desk needs of a patient: how to reach them, their appointments, and the next one. */
export function Reception({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Group>
        <Button
          component={Link}
          to={`/agenda?book=${patientId}`}
          leftSection={<IconCalendarPlus size={18} aria-hidden />}
        >
          {t('reception.book')}
        </Button>
        <CorrectLink patientId={patientId} />
      </Group>
      <Contact patientId={patientId} />
      <Appointments patientId={patientId} />
    </Stack>
  );
}

function Contact({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const patient = useDemographics(patientId);
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t('reception.contact')}
      </Title>
      <Loaded query={patient} rows={1}>
        {({ phones, email }) => (
          <Group gap="xs">
            {phones.map((phone) => (
              <Button
                key={phone}
                component="a"
                href={`tel:${phone}`}
                variant="default"
                leftSection={<IconPhone size={18} aria-hidden />}
              >
                {t('reception.call', { phone })}
              </Button>
            ))}
            {email !== null && (
              <Button
                component="a"
                href={`mailto:${email}`}
                variant="default"
                leftSection={<IconMail size={18} aria-hidden />}
              >
                {email}
              </Button>
            )}
            {phones.length === 0 && email === null && <Text c="dimmed">{t('reception.noContact')}</Text>}
          </Group>
        )}
      </Loaded>
    </section>
  );
}

function Appointments({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const found = usePatientsAppointments(patientId);
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t('reception.appointments')}
      </Title>
      <Loaded query={found} rows={2}>
        {(items) =>
          items.length === 0 ? (
            <Text c="dimmed">{t('reception.none')}</Text>
          ) : (
            <Stack component="ul" gap="xs" p={0} m={0}>
              {items.map((one) => (
                <Paper key={one.id} component="li" p="sm" style={{ listStyle: 'none' }}>
                  <Group justify="space-between">
                    <Text fw={600} className="numeric">
                      {dayAndTime(one.start)}
                    </Text>
                    <Text>{one.practitioners.map(({ name }) => name).join(', ')}</Text>
                    <Text c="dimmed">{t(`status.${one.status}`)}</Text>
                  </Group>
                </Paper>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </section>
  );
}
