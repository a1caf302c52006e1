import { ActionIcon, Alert, Badge, Button, Group, Paper, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconArrowsDiagonal, IconX } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Room, RoomState } from '../../common/consult_room';
import { ENDED } from '../../common/consult_types';
import { LocalMedia } from '../../common/local_media';
import type { Shown } from '../chart/visit/panel';
import { useSession } from '../data/session/session';
import { time } from '../language/format';
import { explain } from '../language/refusals';
import { ChartTab } from './chart_tab';
import { Chat } from './chat';
import { Consent } from './consent';
import { Files } from './files';
import { Limit } from './limit';
import { openCamera } from './media';
import { NotePanel } from './note_panel';
import { Over } from './over';
import type { Place } from './place';
import classes from './room.module.css';
import { useArrival } from './use_arrival';
import { useNote } from './use_note';
import { usePatient } from './use_patient';
import { Video } from './video';
import { VisitBeside, VisitOffer } from './visit_beside';
import { WaitingRoom } from './waiting_room';

interface InsideProps {
  readonly room: Room;
  readonly consultId: string;
  readonly patient: string | null;
  readonly admit: boolean;
  readonly place: Place;
  readonly onClose: () => void;
  readonly onExpired: () => void;
}

/** Call or waiting room; beside it note, chat, files and chart. The same parts in both places. */
export function Inside(props: InsideProps) {
  const { consultId, patient: given } = props;
  const patient = usePatient(consultId, given);
  const [shown, setShown] = useState<Shown>();
  return (
    <>
      <Consultation {...props} patient={patient} onShow={setShown} />
      {patient && <VisitBeside patient={patient} consultId={consultId} shown={shown} onShow={setShown} />}
    </>
  );
}

interface ConsultationProps extends InsideProps {
  readonly onShow: (shown: Shown) => void;
}

function Consultation({ room, consultId, patient, admit, place, onClose, onExpired, onShow }: ConsultationProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const state = useSyncExternalStore(
    (listener) => room.subscribe(listener),
    () => room.state,
  );
  const ended = ENDED.has(state.consult.status);
  const note = useNote({ api: room.api, consult: consultId, user: me.id, ended, online: state.online });
  useCall(room, state);
  useArrival(room, state);
  const expired = useEffectEvent(onExpired);
  useEffect(() => {
    if (state.refused?.status === 401) expired();
  }, [state.refused]);

  if (ended)
    return <Over state={state} note={note} consultId={consultId} patient={patient} place={place} onClose={onClose} />;
  if (state.refused) return <Alert color="red">{explain(state.refused, t)}</Alert>;
  if (state.elsewhere) return <Elsewhere onHere={() => room.start()} />;
  const live = state.consult.status === 'in_progress';
  const other = room.other();
  return (
    <Stack gap={place === 'full' ? 'md' : 'xs'} className={classes[place]}>
      <Head room={room} place={place} live={live} patient={patient} onClose={onClose} />
      {!state.online && (
        <Alert color="yellow" p="sm" role="alert">
          {t('room.offline')}
        </Alert>
      )}
      {state.online && live && state.leftAt !== undefined && !state.remote && (
        <Alert color="yellow" p="sm" role="status">
          {t('room.otherLeft', { name: other.display_name, time: time(state.leftAt) })}
        </Alert>
      )}
      <Consent room={room} state={state} />
      <div className={classes.columns}>
        <Stack gap={place === 'full' ? 'md' : 'xs'}>
          {live ? (
            <Video room={room} state={state} compact={place === 'docked'} />
          ) : (
            <WaitingRoom room={room} state={state} patient={patient} admit={admit} place={place} />
          )}
          <Limit room={room} state={state} note={note} place={place} />
          {patient && place === 'full' && <VisitOffer patient={patient} onShow={onShow} />}
        </Stack>
        <Side room={room} state={state} note={note} patient={place === 'full' ? patient : null} />
      </div>
    </Stack>
  );
}

/** The devices and the call follow the state of the consultation. */
function useCall(room: Room, state: RoomState): void {
  const [media] = useState(() => new LocalMedia(openCamera));
  useEffect(() => {
    room.start();
    return () => room.stop();
  }, [room]);
  const framed = state.consult.video === 'jitsi';
  const over = ENDED.has(state.consult.status) || state.elsewhere;
  useEffect(() => {
    // Asked for early, so that the patient does not wait for it; the cluster's frame asks by itself.
    if (!framed && !over) void media.open();
  }, [media, framed, over]);
  // Apart from the above: a move out of the frame must not close what the direct call has opened.
  useEffect(() => () => media.close(), [media]);
  useEffect(() => {
    if (over) media.close();
    else if (state.consult.status === 'in_progress') void room.call(media);
  }, [room, state.consult.status, media, over]);
}

interface HeadProps {
  readonly room: Room;
  readonly place: Place;
  readonly live: boolean;
  readonly patient: string | null;
  readonly onClose: () => void;
}

function Head({ room, place, live, patient, onClose }: HeadProps) {
  const { t } = useTranslation();
  const name = room.other().display_name;
  const back = `/room/${room.state.consult.id}${patient ? `?patient=${patient}` : ''}`;
  if (place === 'full') {
    return (
      <Title order={1} size="h3">
        {t('room.title')} · {name}
      </Title>
    );
  }
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text component="h2" fw={650} m={0} className={classes.name}>
        {name}
      </Text>
      <Group gap={4} wrap="nowrap">
        <Button
          component={Link}
          to={back}
          size="compact-sm"
          variant="light"
          leftSection={<IconArrowsDiagonal size={16} aria-hidden />}
        >
          {t('room.expand')}
        </Button>
        {!live && (
          <ActionIcon variant="subtle" size="md" aria-label={t('room.close')} onClick={onClose}>
            <IconX size={18} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    </Group>
  );
}

function Elsewhere({ onHere }: { readonly onHere: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="lake" role="alert" title={t('room.elsewhereTitle')} maw={640}>
      <Stack align="flex-start">
        <Text>{t('room.elsewhereBody')}</Text>
        <Button onClick={onHere}>{t('room.here')}</Button>
      </Stack>
    </Alert>
  );
}

interface SideProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly note: ReturnType<typeof useNote>;
  /** Whose chart to show; null where the chart is beside it anyway. */
  readonly patient: string | null;
}

function Side({ room, state, note, patient }: SideProps) {
  const { t } = useTranslation();
  const [chosen, choose] = useState('note');
  const tab = chosen === 'chart' && !patient ? 'note' : chosen;
  const unread = useUnread(room, state, tab === 'chat');
  return (
    <Paper p="md" component="aside" aria-label={t('room.side')} className={classes.side}>
      <Tabs value={tab} onChange={(value) => choose(value ?? 'note')} keepMounted>
        <Tabs.List grow>
          <Tabs.Tab value="note">{t('room.note')}</Tabs.Tab>
          <Tabs.Tab
            value="chat"
            rightSection={
              unread > 0 && (
                <Badge circle aria-label={t('room.unread', { count: unread })}>
                  {unread}
                </Badge>
              )
            }
          >
            {t('room.chat')}
          </Tabs.Tab>
          <Tabs.Tab value="files">{t('room.files')}</Tabs.Tab>
          {patient && <Tabs.Tab value="chart">{t('room.chart')}</Tabs.Tab>}
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
        {patient && (
          <Tabs.Panel value="chart" pt="md" keepMounted={false}>
            {tab === 'chart' && <ChartTab patientId={patient} />}
          </Tabs.Panel>
        )}
      </Tabs>
    </Paper>
  );
}

/** Messages of the other side that came while the chat was not in sight. */
function useUnread(room: Room, state: RoomState, inSight: boolean): number {
  const theirs = state.messages.filter((message) => message.participant !== room.me).length;
  const seen = useRef(0);
  if (inSight) seen.current = theirs;
  return theirs - seen.current;
}
