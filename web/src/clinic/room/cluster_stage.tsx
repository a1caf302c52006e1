import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { currentLanguage } from '../language/i18n';
import { explain } from '../language/refusals';
import { EncryptionControl } from './encryption_control';
import classes from './room.module.css';

interface ClusterStageProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** The call in the video cluster's frame, and the way to the direct path when it fails. */
export function ClusterStage({ room, state }: ClusterStageProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  // The frame fills the place by itself, so React renders nothing into it.
  useEffect(
    () => (place.current ? room.video.mount(place.current, currentLanguage()) : undefined),
    [room, state.entry],
  );
  const moving = useMutation({ mutationFn: () => room.video.fallBack() });
  const away = state.frame === 'failed' || state.frame === 'left';
  return (
    <Stack gap="xs">
      <div className={classes.frame} ref={place} hidden={away} />
      {state.frame === 'loading' && <Text role="status">{t('video.loading')}</Text>}
      {away && <Away room={room} failed={state.frame === 'failed'} />}
      <Group gap="xs">
        {state.frame === 'joined' && <EncryptionControl room={room} state={state} />}
        <Button
          variant={state.frame === 'failed' ? 'filled' : 'default'}
          loading={moving.isPending}
          onClick={() => moving.mutate()}
        >
          {t('video.goDirect')}
        </Button>
      </Group>
      {moving.isError && (
        <Alert color="red" role="alert">
          {explain(moving.error, t)}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {t('video.goDirectHelp')}
      </Text>
    </Stack>
  );
}

function Away({ room, failed }: { readonly room: Room; readonly failed: boolean }) {
  const { t } = useTranslation();
  return (
    <Alert color={failed ? 'red' : 'yellow'} role="alert" title={t(failed ? 'video.failed' : 'video.left')}>
      <Stack align="start" gap="xs">
        <Text>{t(failed ? 'video.failedBody' : 'video.leftBody')}</Text>
        <Button variant="default" onClick={() => void room.video.again()}>
          {t('video.again')}
        </Button>
      </Stack>
    </Alert>
  );
}
