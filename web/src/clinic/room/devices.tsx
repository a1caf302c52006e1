import { ActionIcon, Button, Popover, Select, Stack, Text, Tooltip } from '@mantine/core';
import { IconCameraRotate, IconSettings } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room } from '../../common/consult_room';
import { NO_DEVICES, turnCamera, usedBy, watchDevices, type Devices } from '../../common/devices';

interface DevicesProps {
  readonly room: Room;
  readonly camera: MediaStream;
  readonly compact: boolean;
  readonly speaker: string;
  readonly onSpeaker: (id: string) => void;
}

/** Turning the camera round, and choosing camera, microphone and loudspeaker. */
export function DeviceControls({ room, camera, compact, speaker, onSpeaker }: DevicesProps) {
  const { t } = useTranslation();
  const [devices, setDevices] = useState<Devices>(NO_DEVICES);
  const [failed, setFailed] = useState(false);
  useEffect(() => watchDevices(setDevices), [camera]);
  const choose = (kind: 'audio' | 'video', id: string) => {
    setFailed(false);
    room.video.choose(kind, { deviceId: { exact: id } }).catch(() => setFailed(true));
  };
  const turn = () => void turnCamera(room.video, camera).catch(() => setFailed(true));
  return (
    <>
      {camera.getVideoTracks().length > 0 && devices.cameras.length > 1 && (
        <Round
          compact={compact}
          label={t('call.turn')}
          icon={<IconCameraRotate size={20} aria-hidden />}
          onPress={turn}
        />
      )}
      <Popover width={300} position="top" withinPortal trapFocus>
        <Popover.Target>
          {compact ? (
            <ActionIcon variant="default" size="lg" aria-label={t('call.chooseDevices')}>
              <IconSettings size={20} aria-hidden />
            </ActionIcon>
          ) : (
            <Button
              variant="default"
              leftSection={<IconSettings size={18} aria-hidden />}
              aria-label={t('call.chooseDevices')}
            >
              {t('call.devices')}
            </Button>
          )}
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            <Choice
              label={t('call.camera')}
              among={devices.cameras}
              used={usedBy(camera.getVideoTracks())}
              onChoose={(id) => choose('video', id)}
            />
            <Choice
              label={t('call.microphone')}
              among={devices.microphones}
              used={usedBy(camera.getAudioTracks())}
              onChoose={(id) => choose('audio', id)}
            />
            {'setSinkId' in HTMLMediaElement.prototype && (
              <Choice label={t('call.speaker')} among={devices.speakers} used={speaker} onChoose={onSpeaker} />
            )}
            <Text role="alert" size="sm" c="red">
              {failed ? t('call.failed') : ''}
            </Text>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

interface RoundProps {
  readonly compact: boolean;
  readonly label: string;
  readonly icon: ReactNode;
  readonly onPress: () => void;
}

function Round({ compact, label, icon, onPress }: RoundProps) {
  if (!compact) {
    return (
      <Button variant="default" leftSection={icon} onClick={onPress}>
        {label}
      </Button>
    );
  }
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} onClick={onPress}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly among: readonly MediaDeviceInfo[];
  readonly used: string;
  readonly onChoose: (id: string) => void;
}

function Choice({ label, among, used, onChoose }: ChoiceProps) {
  if (among.length === 0) return null;
  return (
    <Select
      label={label}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      value={among.some((one) => one.deviceId === used) ? used : (among[0]?.deviceId ?? null)}
      data={among.map((one, index) => ({ value: one.deviceId, label: one.label || `${label} ${index + 1}` }))}
      onChange={(id) => id !== null && onChoose(id)}
    />
  );
}
