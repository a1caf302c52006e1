import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarPlus, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useSession } from '../auth/session';
import { longDay } from '../layout/format';
import { Empty, Loaded } from '../layout/states';
import { AppointmentRow } from './appointment_row';
import { BookAppointment } from './book';
import { startOfDay, useAgenda, usePractitioners, type Practitioner } from './data';

/** One practitioner's day; the address keeps who and when, so that it can be bookmarked. */
export function AgendaPage() {
  const { t } = useTranslation();
  const practitioners = usePractitioners();
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('agenda.title')}
      </Title>
      <Loaded query={practitioners}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t('agenda.noPractitioners')} body={t('agenda.noPractitionersBody')} />
          ) : (
            <DayOf practitioners={all} />
          )
        }
      </Loaded>
    </Stack>
  );
}

function DayOf({ practitioners }: { readonly practitioners: readonly Practitioner[] }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const [params, setParams] = useSearchParams();
  const [booking, { open, close }] = useDisclosure();
  const mine = practitioners.find((p) => p.user_id === me.id) ?? practitioners[0];
  const who = params.get('practitioner') ?? mine?.id ?? null;
  const day = startOfDay(params.get('day'));
  const agenda = useAgenda(who, day, day.add(1, 'day'));
  const show = (change: { readonly practitioner?: string; readonly day?: Dayjs }) => {
    const next = new URLSearchParams(params);
    if (change.practitioner !== undefined) next.set('practitioner', change.practitioner);
    if (change.day) next.set('day', change.day.format('YYYY-MM-DD'));
    setParams(next, { replace: true });
  };
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Group align="flex-end" gap="xs">
          <Select
            label={t('agenda.practitioner')}
            data={practitioners.map((p) => ({ value: p.id, label: p.name }))}
            value={who}
            allowDeselect={false}
            searchable
            w={260}
            onChange={(id) => id !== null && show({ practitioner: id })}
          />
          <ActionIcon size={36} variant="default" aria-label={t('agenda.previous')} onClick={() => show({ day: day.subtract(1, 'day') })}>
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <TextInput
            type="date"
            aria-label={t('agenda.title')}
            value={day.format('YYYY-MM-DD')}
            onChange={(event) => show({ day: startOfDay(event.currentTarget.value) })}
          />
          <ActionIcon size={36} variant="default" aria-label={t('agenda.next')} onClick={() => show({ day: day.add(1, 'day') })}>
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
          <Button variant="default" onClick={() => show({ day: startOfDay(null) })}>
            {t('agenda.today')}
          </Button>
        </Group>
        <Button leftSection={<IconCalendarPlus size={18} aria-hidden />} onClick={open}>
          {t('agenda.book')}
        </Button>
      </Group>
      <Text fw={600} size="lg">
        {longDay(day.toDate())}
      </Text>
      <Loaded query={agenda}>
        {(items) =>
          items.length === 0 ? (
            <Paper p="lg">
              <Empty title={t('agenda.empty')} body={t('agenda.emptyBody')}>
                <Button variant="light" onClick={open}>
                  {t('agenda.book')}
                </Button>
              </Empty>
            </Paper>
          ) : (
            <Stack gap="xs" component="ul" p={0} m={0}>
              {items.map((appointment) => (
                <AppointmentRow key={appointment.id} appointment={appointment} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <BookAppointment opened={booking} practitioner={who} from={day.format('YYYY-MM-DD')} onClose={close} />
    </Stack>
  );
}
