import { Alert, Badge, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { explain } from '../language/refusals';

export function Files({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useTranslation();
  const sharing = useMutation({ mutationFn: (file: File) => room.share(file) });
  const opening = useMutation({
    mutationFn: (id: string) => room.downloadUrl(id),
    onSuccess: (url) => location.assign(url),
  });
  const fault = sharing.error ?? opening.error;
  return (
    <Stack>
      {state.files.length === 0 && <Text c="dimmed">{t('room.filesEmpty')}</Text>}
      <Stack component="ul" gap="xs" p={0} m={0} aria-live="polite">
        {state.files.map((file) => (
          <Group key={file.id} component="li" justify="space-between" wrap="nowrap">
            <Text style={{ overflowWrap: 'anywhere' }}>{file.name}</Text>
            {file.status === 'ready' ? (
              <Button size="xs" variant="default" onClick={() => opening.mutate(file.id)}>
                {t('room.download')}
              </Button>
            ) : (
              <Badge color={file.status === 'refused' ? 'red' : 'gray'}>{t(`room.fileState.${file.status}`)}</Badge>
            )}
          </Group>
        ))}
      </Stack>
      <FileButton onChange={(file) => file && sharing.mutate(file)}>
        {(props) => (
          <Button {...props} variant="light" loading={sharing.isPending}>
            {t('room.addFile')}
          </Button>
        )}
      </FileButton>
      {fault && (
        <Alert color="red" role="alert">
          {explain(fault, t)}
        </Alert>
      )}
    </Stack>
  );
}
