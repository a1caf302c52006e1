import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hasDrafts } from '../data/notes/drafts';
import { useSession } from '../data/session/session';

/** Signing out, after asking when unsaved text would be erased by it. */
export function useLeaving(): { readonly leave: () => Promise<void>; readonly dialog: ReactNode } {
  const { t } = useTranslation();
  const { me, signOut } = useSession();
  const [asking, { open, close }] = useDisclosure();
  const leave = async () => ((await hasDrafts(me.id)) ? open() : signOut());
  const dialog = (
    <Modal
      opened={asking}
      onClose={close}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text>{t('leave.body')}</Text>
        <Group justify="flex-end">
          <Button color="red" variant="default" onClick={() => void signOut()}>
            {t('leave.anyway')}
          </Button>
          <Button data-autofocus onClick={close}>
            {t('common.back')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
  return { leave, dialog };
}
