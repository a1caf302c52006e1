import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { useAnnounced } from '../kit/announced';

/** A sound and the tab's title say that the patient has arrived. */
export function useArrival(room: Room, state: RoomState): void {
  const { t } = useTranslation();
  const name = room.other().display_name;
  useAnnounced(state.consult.status === 'waiting' ? t('room.isWaiting', { name }) : undefined);
}
