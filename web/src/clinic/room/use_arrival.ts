import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { chime } from './media';

/** A sound and the tab's title say that the patient has arrived. */
export function useArrival(room: Room, state: RoomState): void {
  const { t } = useTranslation();
  const name = room.other().display_name;
  useAnnounced(state.consult.status === 'waiting' ? t('room.isWaiting', { name }) : undefined);
}

/** Chimes when there is something new to say, and says it in the tab's title as long as it holds. */
export function useAnnounced(what: string | undefined): void {
  useEffect(() => {
    if (what === undefined) return undefined;
    const before = document.title;
    document.title = `● ${what}`;
    chime();
    return () => {
      document.title = before;
    };
  }, [what]);
}
