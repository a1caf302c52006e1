/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import { turnCamera } from '../../common/devices';
import { useSpeech } from '../base/context';
import { Icon } from './icons';

interface ControlsProps {
  readonly room: Room;
  readonly state: RoomState;
  /** How many there are to choose from. */
  readonly cameras: number;
  readonly choosing: boolean;
  readonly onChoosing: (open: boolean) => void;
  readonly onLeave: () => void;
  readonly children?: ComponentChildren;
}

/** Round buttons over the call, at the height of a thumb. The frame has its own for sound and picture. */
export function Controls({ room, state, cameras, choosing, onChoosing, onLeave, children }: ControlsProps) {
  const { t } = useSpeech();
  const { local, sound, picture } = state;
  const [turning, setTurning] = useState(false);
  const sees = local !== undefined && local.getVideoTracks().length > 0;
  const turn = async (stream: MediaStream) => {
    setTurning(true);
    await turnCamera(room.video, stream).catch(() => undefined); // there was none: the one before is opened again
    setTurning(false);
  };
  return (
    <div class="controls" role="group" aria-label={t('controls')}>
      {local && local.getAudioTracks().length > 0 && (
        <Control
          label={t(sound ? 'mute' : 'unmute')}
          caption={t('checkMicrophone')}
          icon={<Icon name="microphone" off={!sound} />}
          on={!sound}
          onPress={() => room.video.turn('audio', !sound, local)}
        />
      )}
      {sees && (
        <Control
          label={t(picture ? 'cameraOff' : 'cameraOn')}
          caption={t('checkCamera')}
          icon={<Icon name="camera" off={!picture} />}
          on={!picture}
          onPress={() => room.video.turn('video', !picture, local)}
        />
      )}
      {sees && cameras > 1 && (
        <Control
          label={t('turnCamera')}
          caption={t('turn')}
          icon={<Icon name="turn" />}
          disabled={turning}
          onPress={() => void turn(local)}
        />
      )}
      {local && (
        <Control
          label={t('chooseDevices')}
          caption={t('devices')}
          icon={<Icon name="devices" />}
          on={choosing}
          onPress={() => onChoosing(!choosing)}
        />
      )}
      {children}
      <Control label={t('leave')} caption={t('leave')} icon={<Icon name="leave" />} danger onPress={onLeave} />
    </div>
  );
}

interface ControlProps {
  /** What pressing it does. */
  readonly label: string;
  /** A word below it, for those who do not know the sign. */
  readonly caption: string;
  readonly icon: ComponentChildren;
  readonly on?: boolean;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly count?: number;
  readonly onPress: () => void;
}

export function Control(props: ControlProps) {
  const { label, caption, icon, on = false, danger = false, disabled = false, count = 0, onPress } = props;
  return (
    <button
      type="button"
      class={danger ? 'round hang-up' : 'round'}
      data-on={on}
      disabled={disabled}
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <span class="round-sign">
        {icon}
        {count > 0 && <span class="badge">{count}</span>}
      </span>
      <span class="round-caption" aria-hidden="true">
        {caption}
      </span>
    </button>
  );
}
