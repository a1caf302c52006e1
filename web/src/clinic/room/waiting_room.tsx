import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPhone, IconVideo } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { useDemographics } from '../data/chart/chart';
import { DeviceResult } from '../kit/device_result';
import { time } from '../language/format';
import { explain } from '../language/refusals';
import type { Place } from './place';
import classes from './room.module.css';
import { useNow } from './use_now';

interface WaitingRoomProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly patient: string | null;
  readonly admit: boolean;
  readonly place: Place;
}

/** Whether the patient is there, since when and with what devices; or what to do while he is not. */
export function WaitingRoom({ room, state, patient, admit, place }: WaitingRoomProps) {
  const { t } = useTranslation();
  const admitting = useMutation({ mutationFn: () => room.api.admit() });
  const { isIdle, mutate } = admitting;
  const waiting = state.consult.status === 'waiting';
  const full = place === 'full';
  const name = room.other().display_name;
  useEffect(() => {
    if (admit && waiting && isIdle) mutate();
  }, [admit, waiting, isIdle, mutate]);
  return (
    <Paper p={full ? 'xl' : 'sm'} aria-live="polite" className={full ? classes.waiting : undefined}>
      <Stack align="center" gap={full ? 'md' : 'xs'}>
        <Title order={2} size={full ? 'h3' : 'h5'} ta="center">
          {waiting ? t('room.isWaiting', { name }) : t('room.waitingFor')}
        </Title>
        {waiting ? <Here state={state} present={room.other().present} /> : <Absent state={state} patient={patient} />}
        {waiting && (
          <Button
            size={full ? 'lg' : 'sm'}
            leftSection={<IconVideo size={20} aria-hidden />}
            loading={admitting.isPending}
            onClick={() => admitting.mutate()}
          >
            {t('room.admit')}
          </Button>
        )}
        {admitting.isError && <Alert color="red">{explain(admitting.error, t)}</Alert>}
      </Stack>
    </Paper>
  );
}

function Here({ state, present }: { readonly state: RoomState; readonly present: boolean }) {
  const { t } = useTranslation();
  const now = useNow(20_000);
  const since = state.consult.waiting_since ?? state.consult.start;
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  return (
    <>
      <Text c="dimmed" ta="center" className="numeric">
        {t('waiting.since', { time: time(since), minutes })}
        {!present && ` · ${t('waiting.away')}`}
      </Text>
      <DeviceResult device={state.consult.device} />
    </>
  );
}

const LATE_MINUTES = 5;

/** Nothing has to be done: it ends by itself. But one may want to call. */
function Absent({ state, patient }: { readonly state: RoomState; readonly patient: string | null }) {
  const { t } = useTranslation();
  const now = useNow(20_000);
  const late = Math.floor((now - Date.parse(state.consult.start)) / 60_000);
  return (
    <>
      <Text c="dimmed" ta="center" className="numeric">
        {late < LATE_MINUTES
          ? t('room.expectedAt', { time: time(state.consult.start) })
          : t('room.lateBy', { time: time(state.consult.start), minutes: late })}
      </Text>
      <Text ta="center" maw={460}>
        {t('room.waitingForBody')}
      </Text>
      {late >= LATE_MINUTES && (
        <>
          <Text ta="center" maw={460} c="dimmed" size="sm">
            {t('room.noShowBody', { time: time(state.consult.closes_at) })}
          </Text>
          {patient && <Phones patientId={patient} />}
        </>
      )}
    </>
  );
}

function Phones({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const phones = useDemographics(patientId).data?.phones ?? [];
  return (
    <Group gap="xs">
      {phones.map((phone) => (
        <Button
          key={phone}
          component="a"
          href={`tel:${phone}`}
          variant="default"
          leftSection={<IconPhone size={18} aria-hidden />}
        >
          {t('room.callBy', { phone })}
        </Button>
      ))}
    </Group>
  );
}
