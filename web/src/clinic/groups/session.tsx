import { Alert, Anchor, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus, IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { AppointmentRow } from '../agenda/appointment_row';
import { CALLED_OFF, titleOf, useAgenda, useCategories, useSites } from '../data/agenda';
import { useGroup, type GroupSession } from '../data/groups';
import { useChange } from '../data/saving';
import { appointments, ifMatch, unwrap } from '../data/server/client';
import { Confirm } from '../kit/dialogs';
import { Fact } from '../kit/fact';
import { Empty, Loaded } from '../kit/states';
import { dayAndTime } from '../language/format';
import { addDays, HERE, wallClock } from '../language/zone';
import { Places } from './page';
import { TakePlace } from './place';

/** A group session: who leads it, who takes part, and what can still be done about it. */
export function GroupPage() {
  const { t } = useTranslation();
  const { groupId = '' } = useParams();
  const found = useGroup(groupId);
  return (
    <Stack maw={880}>
      <Anchor component={Link} to="/groups" size="sm">
        {t('groups.title')}
      </Anchor>
      <Loaded query={found}>{(session) => <Session session={session} />}</Loaded>
    </Stack>
  );
}

function Session({ session }: { readonly session: GroupSession }) {
  const { t } = useTranslation();
  const [taking, take] = useDisclosure();
  const [cancelling, cancel] = useDisclosure();
  const site = useSites().data?.find((each) => each.id === session.site);
  const category = useCategories().data?.find((each) => each.code === session.category);
  const zone = site?.zone ?? HERE;
  const open = session.status === 'open';
  const full = session.taken >= session.capacity;
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {session.title}
          </Title>
          <Text className="numeric">
            {dayAndTime(session.start, zone)} · {t('agenda.minutes', { minutes: session.minutes })}
          </Text>
        </div>
        {open && (
          <Group gap="xs">
            <Button variant="default" onClick={cancel.open}>
              {t('groups.cancel')}
            </Button>
            <Button leftSection={<IconUserPlus size={18} aria-hidden />} disabled={full} onClick={take.open}>
              {t('groups.take')}
            </Button>
          </Group>
        )}
      </Group>
      {!open && <Alert color="gray">{t('groups.cancelledBody')}</Alert>}
      <Paper p="md">
        <div className="columns-3">
          <Fact label={t('groups.practitioners')}>{session.practitioners.map((p) => p.name).join(', ')}</Fact>
          <Fact label={t('book.category')}>{category ? titleOf(category) : session.category}</Fact>
          <Fact label={t('agenda.site')}>{[site?.name, session.room].filter(Boolean).join(' · ')}</Fact>
        </div>
      </Paper>
      <Stack component="section" gap="xs" aria-labelledby="places">
        <Group justify="space-between">
          <Title order={2} size="h4" id="places">
            {t('groups.places')}
          </Title>
          <Places session={session} />
        </Group>
        <Attendance session={session} zone={zone} />
      </Stack>
      <TakePlace session={session} opened={taking} onClose={take.close} />
      <CancelGroup session={session} opened={cancelling} onClose={cancel.close} />
    </>
  );
}

/** The places as appointments: each is received, missed or cancelled like any other. */
function Attendance({ session, zone }: { readonly session: GroupSession; readonly zone: string }) {
  const { t } = useTranslation();
  const { day } = wallClock(session.start, zone);
  const owner = { practitioner: session.practitioners[0]?.id ?? '' };
  const found = useAgenda(owner, zone, day, addDays(day, 1));
  return (
    <Loaded query={found}>
      {(all) => {
        const places = all.filter((each) => each.group === session.id);
        if (places.length === 0) {
          return (
            <Paper p="md">
              <Empty icon={IconUsersGroup} title={t('groups.noPlaces')} body={t('groups.noPlacesBody')} />
            </Paper>
          );
        }
        const kept = places.filter((each) => !CALLED_OFF.has(each.status));
        const gone = places.filter((each) => CALLED_OFF.has(each.status));
        return (
          <Stack gap="xs" component="ul" p={0} m={0}>
            {[...kept, ...gone].map((each) => (
              <AppointmentRow key={each.id} appointment={each} zone={zone} />
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

interface CancelProps {
  readonly session: GroupSession;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function CancelGroup({ session, opened, onClose }: CancelProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const cancel = useChange(
    ['agenda'],
    () => {
      const params = { path: { group_id: session.id }, header: ifMatch(session.version) };
      const body = reason.trim() === '' ? {} : { reason };
      return unwrap(appointments.POST('/appointments/groups/{group_id}/cancel', { params, body }));
    },
    onClose,
  );
  return (
    <Confirm
      title={t('groups.cancel')}
      body={session.taken === 0 ? t('groups.cancelEmpty') : t('groups.cancelBody', { count: session.taken })}
      action={t('groups.cancel')}
      opened={opened}
      busy={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label={t('agenda.cancelReason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Confirm>
  );
}
