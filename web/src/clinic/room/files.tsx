import { Alert, Badge, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { MAX_FILE } from '../../common/consult_types';
import { Problem } from '../../common/problem';
import { explain } from '../language/refusals';

export function Files({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useTranslation();
  const sharing = useMutation({ mutationFn: (file: File) => share(room, file) });
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
            <Text style={{ overflowWrap: 'anywhere' }}>
              {file.name}
              {file.status === 'refused' && `: ${t(`call.fileRefused.${refusalOf(file.refusal)}`)}`}
            </Text>
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
          {faultOf(fault) === undefined ? explain(fault, t) : t(`call.fileFault.${faultOf(fault) ?? 'empty'}`)}
        </Alert>
      )}
    </Stack>
  );
}

const REFUSALS = [
  'type-not-allowed',
  'type-mismatch',
  'hash-mismatch',
  'missing',
  'infected',
  'encrypted',
  'active',
] as const;

/** Why an examined file was not passed on; a reason of a later release is none of these. */
function refusalOf(code: string | null): (typeof REFUSALS)[number] | 'other' {
  return REFUSALS.find((one) => one === code) ?? 'other';
}

class Unfit extends Error {
  readonly why: 'empty' | 'tooBig';

  constructor(why: 'empty' | 'tooBig') {
    super(why);
    this.why = why;
  }
}

/** Says what is wrong with a file before it is sent anywhere. Throws Unfit, and what `Room.share` does. */
async function share(room: Room, file: File): Promise<void> {
  if (file.size === 0) throw new Unfit('empty');
  if (file.size > MAX_FILE) throw new Unfit('tooBig');
  await room.share(file);
}

function faultOf(error: unknown): 'empty' | 'tooBig' | 'tooMany' | 'unreadable' | undefined {
  if (error instanceof Unfit) return error.why;
  if (error instanceof DOMException) return 'unreadable';
  return error instanceof Problem && error.status === 409 ? 'tooMany' : undefined;
}
