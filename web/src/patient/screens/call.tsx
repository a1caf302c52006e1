/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import type { LocalMedia } from '../../common/local_media';
import { useSpeech } from '../base/context';
import { Chat } from './chat';
import { Control } from './controls';
import { Files } from './files';
import { Icon } from './icons';
import { Stage } from './stage';

interface CallProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly media: LocalMedia;
  readonly onLeave: () => void;
}

/** The call; beside it chat and files, which a phone shows as a sheet over it. */
export function Call({ room, state, media, onLeave }: CallProps) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const unread = useUnread(room, state, open);
  useEnter(room, media);
  const label = unread > 0 ? t('openChatUnread', { count: unread }) : t(open ? 'closeChat' : 'openChat');
  return (
    <div class="in-call" data-sheet={open}>
      <h1 class="hidden">{t('callTitle')}</h1>
      <Stage room={room} state={state} onLeave={onLeave}>
        <span class="sheet-toggle">
          <Control
            label={label}
            caption={t('chat')}
            icon={<Icon name="chat" />}
            on={open}
            count={unread}
            onPress={() => setOpen(!open)}
          />
        </span>
      </Stage>
      <div class="sheet stack">
        <button type="button" class="quiet small sheet-close" onClick={() => setOpen(false)}>
          {t('closeChat')}
        </button>
        <Chat room={room} state={state} />
        <Files room={room} state={state} />
      </div>
    </div>
  );
}

/** Enter the video, at the top of the page: the screen before was scrolled to its button. */
export function useEnter(room: Room, media: LocalMedia): void {
  useEffect(() => {
    scrollTo({ top: 0 });
    void room.call(media);
  }, [room, media]);
}

/** Messages of the other side that came while nobody looked. */
export function useUnread(room: Room, state: RoomState, inSight: boolean): number {
  const theirs = state.messages.filter((message) => message.participant !== room.me).length;
  const seen = useRef(theirs);
  if (inSight) seen.current = theirs;
  return theirs - seen.current;
}
