/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import { ENDED } from '../../common/consult_types';
import { inTab } from '../../common/kept';
import { NoteKeeper, type NoteState } from '../../common/note_keeper';
import type { Problem } from '../../common/problem';
import { useSpeech } from '../base/context';
import { forgetSession } from '../base/storage';
import { Told } from '../consent/told';
import { useEnter, useUnread } from '../screens/call';
import { Chat } from '../screens/chat';
import { Control } from '../screens/controls';
import { Refused } from '../screens/ended';
import { Files } from '../screens/files';
import { Icon } from '../screens/icons';
import { Stage } from '../screens/stage';
import { Left, OtherTab, useMedia, useRoom } from '../visit';
import { Limit } from './limit';
import { NoteField } from './note_field';
import { Over } from './over';
import { useDeskSpeech } from './speech';
import { Tabs } from './tabs';
import { WaitingRoom } from './waiting_room';

interface DeskProps {
  readonly room: Room;
  readonly onExpired: (refused: Problem) => void;
}

/** A practitioner's consult without an account: who waits, the call, note, chat and files, and the end. */
export function Desk({ room, onExpired }: DeskProps) {
  const { t } = useSpeech();
  const state = useRoom(room);
  const [left, setLeft] = useState(false);
  const [keeper, note] = useNote(room);
  const ended = ENDED.has(state.consult.status);
  const media = useMedia(state, !left);
  useEffect(() => {
    if (left) return undefined;
    room.start();
    return () => room.stop();
  }, [room, left]);
  useEffect(() => {
    if (state.refused?.status === 401) onExpired(state.refused);
  }, [state.refused, onExpired]);
  useEffect(() => {
    if (ended) keeper.ended();
  }, [ended, keeper]);
  useEffect(() => {
    if (ended && note.saving === 'saved') forgetSession(); // until then a reload brings the text
  }, [ended, note.saving]);

  if (ended) return <Over state={state} keeper={keeper} note={note} />;
  if (state.refused) return <Refused error={state.refused} onRetry={() => location.reload()} />;
  if (state.elsewhere) return <OtherTab room={room} />;
  if (left) return <Left closes={state.consult.closes_at} onBack={() => setLeft(false)} />;
  const side = (
    <div class="stack">
      <Told room={room} consult={state.consult} />
      <Side room={room} state={state} keeper={keeper} note={note} />
    </div>
  );
  return (
    <>
      {!state.online && (
        <p class="banner" role="alert">
          {t('offline')}
        </p>
      )}
      {state.consult.status === 'in_progress' ? (
        <DeskCall room={room} state={state} media={media} keeper={keeper} onLeave={() => setLeft(true)}>
          {side}
        </DeskCall>
      ) : (
        <div class="desk">
          <WaitingRoom room={room} state={state} />
          {side}
        </div>
      )}
    </>
  );
}

interface DeskCallProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly media: ReturnType<typeof useMedia>;
  readonly keeper: NoteKeeper;
  readonly onLeave: () => void;
  readonly children: preact.ComponentChildren;
}

/** The call; beside it the note, which a phone shows as a sheet over it. */
function DeskCall({ room, state, media, keeper, onLeave, children }: DeskCallProps) {
  const { t } = useSpeech();
  const d = useDeskSpeech();
  const [open, setOpen] = useState(false);
  const unread = useUnread(room, state, open);
  useEnter(room, media);
  return (
    <div class="in-call desk" data-sheet={open}>
      <h1 class="hidden">{t('callTitle')}</h1>
      <div>
        <Stage
          room={room}
          state={state}
          onLeave={onLeave}
          fallBack={{
            why: d('frameFailed'),
            label: d('direct'),
            act: () => void room.video.fallBack().catch(() => room.video.again()),
          }}
        >
          <span class="sheet-toggle">
            <Control
              label={d(open ? 'closeNote' : 'openNote')}
              caption={d('note')}
              icon={<Icon name="chat" />}
              on={open}
              count={unread}
              onPress={() => setOpen(!open)}
            />
          </span>
        </Stage>
      </div>
      <div class="sheet">
        <button type="button" class="quiet small sheet-close" onClick={() => setOpen(false)}>
          {d('closeNote')}
        </button>
        <Limit room={room} state={state} keeper={keeper} />
        {children}
      </div>
    </div>
  );
}

interface SideProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly keeper: NoteKeeper;
  readonly note: NoteState;
}

function Side({ room, state, keeper, note }: SideProps) {
  const { t } = useSpeech();
  const d = useDeskSpeech();
  const [chosen, choose] = useState('note');
  const unread = useUnread(room, state, chosen === 'chat');
  return (
    <Tabs
      label={d('notes')}
      chosen={chosen}
      onChoose={choose}
      tabs={[
        { id: 'note', label: d('note'), panel: <NoteField keeper={keeper} note={note} /> },
        {
          id: 'chat',
          label: unread > 0 ? `${t('chat')} (${unread})` : t('chat'),
          panel: <Chat room={room} state={state} />,
        },
        { id: 'files', label: t('files'), panel: <Files room={room} state={state} /> },
      ]}
    />
  );
}

/** The note of this room. What the server does not have stays in the tab until it does. */
function useNote(room: Room): readonly [NoteKeeper, NoteState] {
  const [keeper] = useState(() => {
    const place = `telesalud.note.${room.state.consult.id}`;
    return new NoteKeeper(room.api, {
      get: () => inTab.get(place),
      set: (text) => inTab.set(place, text),
      drop: () => inTab.drop(place),
    });
  });
  const [state, setState] = useState(keeper.state);
  useEffect(() => keeper.subscribe(() => setState(keeper.state)), [keeper]);
  useEffect(() => () => keeper.stop(), [keeper]);
  return [keeper, state];
}
