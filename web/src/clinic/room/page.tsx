import { Alert, Box, Button, Center, Group, Loader, Modal, Paper, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { Room, type RoomState } from '../../common/consult_room';
import { ENDED } from '../../common/consult_types';
import { LocalMedia } from '../../common/local_media';
import { consults, unwrap } from '../api';
import { explain } from '../auth/refusals';
import { time } from '../layout/format';
import { Chat } from './chat';
import { ClusterStage } from './cluster_stage';
import { Files } from './files';
import { chime, openCamera } from './media';
import { NotePanel } from './note_panel';
import { Stage } from './stage';
import { useNote, type NoteEditor } from './use_note';
import classes from './room.module.css';

/** The consultation room: call or waiting room left, note, chat and files right. */
export function RoomPage() {
  const { t } = useTranslation();
  const { consultId = '' } = useParams();
  const joining = useQuery({
    queryKey: ['consult-session', consultId],
    staleTime: Infinity,
    gcTime: 0,
    queryFn: () =>
      unwrap(consults.POST('/consults/{consult_id}/session', { params: { path: { consult_id: consultId } } })),
  });
  const [room, setRoom] = useState<Room>();
  useEffect(() => {
    if (joining.data) setRoom(new Room(joining.data, () => undefined));
  }, [joining.data]);
  if (joining.isError) return <Alert color="red">{explain(joining.error, t)}</Alert>;
  if (!room) {
    return (
      <Center mih={320} role="status">
        <Loader mr="md" /> {t('room.entering')}
      </Center>
    );
  }
  return <Inside room={room} />;
}

function Inside({ room }: { readonly room: Room }) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(
    (listener) => room.subscribe(listener),
    () => room.state,
  );
  const note = useNote(room.api);
  const [media] = useState(() => new LocalMedia(openCamera));
  const ended = ENDED.has(state.consult.status);
  useEffect(() => {
    room.start();
    return () => room.stop();
  }, [room]);
  const framed = state.consult.video === 'jitsi';
  useEffect(() => {
    // Asked for early, so that the patient does not wait for it; the cluster's frame asks by itself.
    if (!framed) void media.open();
  }, [media, framed]);
  // Apart from the above: a move out of the frame must not close what the direct call has opened.
  useEffect(() => () => media.close(), [media]);
  useEffect(() => {
    if (state.consult.status === 'in_progress') void room.call(media);
  }, [room, state.consult.status, media]);
  useArrival(room, state);

  if (ended) return <Over state={state} />;
  if (state.refused) return <Alert color="red">{explain(state.refused, t)}</Alert>;
  const live = state.consult.status === 'in_progress';
  return (
    <Stack>
      <Title order={1} size="h3">
        {t('room.title')} · {room.other().display_name}
      </Title>
      {!state.online && <Alert color="yellow">{t('room.offline')}</Alert>}
      <Box className={classes.columns}>
        <Stack>
          {live ? <Video room={room} state={state} /> : <WaitingRoom room={room} state={state} />}
          <Limit room={room} state={state} note={note} />
        </Stack>
        <Paper p="md" component="aside">
          <Tabs defaultValue="note" keepMounted>
            <Tabs.List grow>
              <Tabs.Tab value="note">{t('room.note')}</Tabs.Tab>
              <Tabs.Tab value="chat">{t('room.chat')}</Tabs.Tab>
              <Tabs.Tab value="files">{t('room.files')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="note" pt="md">
              <NotePanel note={note} />
            </Tabs.Panel>
            <Tabs.Panel value="chat" pt="md">
              <Chat room={room} state={state} />
            </Tabs.Panel>
            <Tabs.Panel value="files" pt="md">
              <Files room={room} state={state} />
            </Tabs.Panel>
          </Tabs>
        </Paper>
      </Box>
    </Stack>
  );
}

/** The call, wherever the consult's video is. */
function Video({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useTranslation();
  if (state.provider === 'jitsi') return <ClusterStage room={room} state={state} />;
  if (state.local) return <Stage key={state.entry} room={room} state={state} camera={state.local} />;
  return (
    <Center className={classes.waiting} role="status">
      <Loader mr="md" /> {t('video.entering')}
    </Center>
  );
}

/** A sound and the tab's title say that the patient has arrived. */
function useArrival(room: Room, state: RoomState): void {
  const { t } = useTranslation();
  const waiting = state.consult.status === 'waiting';
  const name = room.other().display_name;
  useEffect(() => {
    if (!waiting) return undefined;
    const before = document.title;
    document.title = `● ${t('room.isWaiting', { name })}`;
    chime();
    return () => {
      document.title = before;
    };
  }, [waiting, name, t]);
}

function WaitingRoom({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useTranslation();
  const admitting = useMutation({ mutationFn: () => room.api.admit() });
  const patient = room.other();
  const waiting = state.consult.status === 'waiting';
  return (
    <Paper p="xl" aria-live="polite" className={classes.waiting}>
      <Stack align="center">
        <Title order={2} size="h3" ta="center">
          {waiting ? t('room.isWaiting', { name: patient.display_name }) : t('room.waitingFor')}
        </Title>
        <Text c="dimmed" ta="center">
          {state.consult.waiting_since
            ? t('room.since', { time: time(state.consult.waiting_since) })
            : t('room.waitingForBody')}
        </Text>
        {waiting && (
          <Button size="lg" loading={admitting.isPending} onClick={() => admitting.mutate()}>
            {t('room.admit')}
          </Button>
        )}
        {admitting.isError && <Alert color="red">{explain(admitting.error, t)}</Alert>}
      </Stack>
    </Paper>
  );
}

const EXTENSION_MINUTES = 10;

interface LimitProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly note: NoteEditor;
}

/** How long is left, extending it, and ending the consultation. */
function Limit({ room, state, note }: LimitProps) {
  const { t } = useTranslation();
  const [now, setNow] = useState(Date.now);
  const [asking, ask] = useDisclosure();
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const closes = Date.parse(state.consult.closes_at);
  const minutes = Math.max(0, Math.ceil((closes - now) / 60_000));
  const more = Math.min(EXTENSION_MINUTES, state.consult.extendable_minutes);
  const extending = useMutation({
    mutationFn: () => room.api.extend(new Date(closes + more * 60_000).toISOString()),
  });
  const finishing = useMutation({
    mutationFn: () => {
      note.hold(true);
      return room.api.finish(note.unsaved());
    },
    onSuccess: ask.close,
    onError: () => note.hold(false),
  });
  const live = state.consult.status === 'in_progress';
  const soon = state.consult.warned || minutes <= 5;
  return (
    <Paper p="sm">
      <Group justify="space-between">
        <Text className="numeric" fw={600} role="status" c={soon ? 'var(--mantine-color-error)' : 'inherit'}>
          {t('room.left', { minutes })}
          {soon && ` · ${t('room.limitSoon', { time: time(state.consult.closes_at) })}`}
        </Text>
        <Group gap="xs">
          {live && more > 0 && (
            <Button variant="default" loading={extending.isPending} onClick={() => extending.mutate()}>
              {t('room.extend', { minutes: more })}
            </Button>
          )}
          {live && (
            <Button color="red" variant="outline" onClick={ask.open}>
              {t('room.finish')}
            </Button>
          )}
        </Group>
      </Group>
      {(extending.isError || finishing.isError) && (
        <Alert color="red" mt="sm" role="alert">
          {explain(extending.error ?? finishing.error, t)}
        </Alert>
      )}
      <Modal opened={asking} onClose={ask.close} title={t('room.finishTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Stack>
          <Text>{t('room.finishBody')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={ask.close}>
              {t('common.back')}
            </Button>
            <Button color="red" loading={finishing.isPending} onClick={() => finishing.mutate()}>
              {t('room.finish')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Paper>
  );
}

function Over({ state }: { readonly state: RoomState }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const patient = params.get('patient');
  const { status } = state.consult;
  const known = status === 'cancelled' || status === 'no_show' || status === 'expired' ? status : 'finished';
  return (
    <Paper p="xl" maw={640}>
      <Stack>
        <Title order={1} size="h2">
          {t(`room.ended.${known}`)}
        </Title>
        {known === 'finished' && <Text>{t('room.endedBody')}</Text>}
        <Group>
          {patient && (
            <Button component={Link} to={`/patients/${patient}`}>
              {t('room.openChart')}
            </Button>
          )}
          <Button variant="default" component={Link} to="/agenda">
            {t('room.backToAgenda')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
