import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { time } from '../language/format';
import { explain } from '../language/refusals';
import type { Place } from './place';
import type { NoteEditor } from './use_note';
import { useNow } from './use_now';

const EXTENSION_MINUTES = 10;
const SOON_MINUTES = 5;

interface LimitProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly note: NoteEditor;
  readonly place: Place;
}

/** How long is left, extending it, and ending the consultation. */
export function Limit({ room, state, note, place }: LimitProps) {
  const { t } = useTranslation();
  const [asking, ask] = useDisclosure();
  const now = useNow(5000);
  const closes = Date.parse(state.consult.closes_at);
  const minutes = Math.max(0, Math.ceil((closes - now) / 60_000));
  const more = Math.min(EXTENSION_MINUTES, state.consult.extendable_minutes);
  const extending = useMutation({
    mutationFn: () => room.api.extend(new Date(closes + more * 60_000).toISOString()),
  });
  const finishing = useMutation({
    mutationFn: async () => {
      note.hold(true);
      const draft = note.unsaved();
      const finished = await room.api.finish(draft);
      if (draft) note.carried(draft, finished.note_version);
    },
    onSuccess: ask.close,
    onError: () => note.hold(false),
  });
  const live = state.consult.status === 'in_progress';
  const soon = state.consult.warned || minutes <= SOON_MINUTES;
  const size = place === 'full' ? 'sm' : 'compact-sm';
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text
          className="numeric"
          size={place === 'full' ? 'md' : 'sm'}
          fw={600}
          role="status"
          c={soon ? 'var(--mantine-color-error)' : 'inherit'}
        >
          {t('room.left', { count: minutes })}
          {soon && ` · ${t('room.limitSoon', { time: time(state.consult.closes_at) })}`}
        </Text>
        {live && (
          <Group gap="xs">
            {more > 0 && (
              <Button size={size} variant="default" loading={extending.isPending} onClick={() => extending.mutate()}>
                {t('room.extend', { minutes: more })}
              </Button>
            )}
            <Button size={size} color="red" variant="outline" onClick={ask.open}>
              {t('room.finish')}
            </Button>
          </Group>
        )}
      </Group>
      {(extending.isError || finishing.isError) && (
        <Alert color="red" mt="sm" role="alert">
          {explain(extending.error ?? finishing.error, t)}
        </Alert>
      )}
      <Modal
        opened={asking}
        onClose={ask.close}
        title={t('room.finishTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
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
    </div>
  );
}
