import { Anchor, Badge, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Appointment, OVER, titleOf, useCategories, useSites } from '../data/agenda';
import { Fact } from '../kit/fact';
import { dayAndTime } from '../language/format';
import { Actions } from './actions';
import { Join, STATUS_COLOURS } from './appointment_row';
import { Reminders } from './reminders';

interface DetailsProps {
  readonly appointment: Appointment | undefined;
  readonly zone: string;
  readonly onClose: () => void;
}

/** An appointment of the grid, with all that can be done with it. */
export function AppointmentDetails({ appointment, zone, onClose }: DetailsProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={appointment !== undefined}
      onClose={onClose}
      title={t('agenda.details')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {appointment && <Content appointment={appointment} zone={zone} />}
    </Modal>
  );
}

function Content({ appointment, zone }: { readonly appointment: Appointment; readonly zone: string }) {
  const { t } = useTranslation();
  const category = useCategories().data?.find((each) => each.code === appointment.category);
  const site = useSites().data?.find((each) => each.id === appointment.site);
  const open = !OVER.has(appointment.status);
  return (
    <Stack>
      <div>
        <Text component={Link} to={`/patients/${appointment.patient.id}`} fw={650} size="lg" c="inherit">
          {appointment.patient.display_name}
        </Text>
        <Text className="numeric">
          {dayAndTime(appointment.start, zone)} · {t('agenda.minutes', { minutes: appointment.minutes })}
        </Text>
      </div>
      <Group gap="xs">
        <Badge variant="light" color={STATUS_COLOURS[appointment.status] ?? 'gray'}>
          {t(`status.${appointment.status}`)}
        </Badge>
        {appointment.deceased && <Badge color="gray">{t('find.deceased')}</Badge>}
        {appointment.telemedicine && <Badge variant="outline">{t('agenda.telemedicine')}</Badge>}
        {appointment.series !== null && <Badge variant="outline">{t('series.part')}</Badge>}
        {appointment.group !== null && (
          <Anchor component={Link} to={`/groups/${appointment.group}`} size="sm">
            {t('groups.part')}
          </Anchor>
        )}
      </Group>
      <Fact label={t('agenda.practitioner')}>{appointment.practitioners.map((p) => p.name).join(', ')}</Fact>
      <Fact label={t('book.category')}>{category ? titleOf(category) : appointment.category}</Fact>
      {site && <Fact label={t('agenda.site')}>{site.name}</Fact>}
      {appointment.reason && <Fact label={t('book.reason')}>{appointment.reason}</Fact>}
      {appointment.cancel_reason && <Fact label={t('agenda.cancelReason')}>{appointment.cancel_reason}</Fact>}
      <Reminders appointment={appointment.id} zone={zone} />
      <Group justify="flex-end">
        {open && <Join appointment={appointment} />}
        <Actions appointment={appointment} zone={zone} />
      </Group>
    </Stack>
  );
}
