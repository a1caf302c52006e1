import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { ClusterStage } from './cluster_stage';
import classes from './room.module.css';
import { Stage } from './stage';

interface VideoProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly compact: boolean;
}

/** The call, wherever the consult's video is. */
export function Video({ room, state, compact }: VideoProps) {
  const { t } = useTranslation();
  if (state.provider === 'jitsi') return <ClusterStage room={room} state={state} />;
  if (state.local) return <Stage key={state.entry} room={room} state={state} camera={state.local} compact={compact} />;
  return (
    <Center className={classes.stage} role="status">
      <Loader mr="md" color="white" /> {t('video.entering')}
    </Center>
  );
}
