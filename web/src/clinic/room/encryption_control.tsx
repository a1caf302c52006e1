import { Button, List, Modal, Stack, Text, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';

interface EncryptionControlProps {
  readonly room: Room;
  readonly state: RoomState;
}

const COSTS = ['browsers', 'quality', 'path', 'start'] as const;

/** Offers end-to-end encryption with what it gives and what it costs, before it is turned on. */
export function EncryptionControl({ room, state }: EncryptionControlProps) {
  const { t } = useTranslation();
  const [asking, ask] = useDisclosure();
  const { encryption } = state;
  // Each side encrypts for one other side's browser; with more people nobody could tell for whom.
  if (state.consult.participants.length !== 2) return null;
  if (encryption === 'on') {
    return (
      <Button variant="default" aria-pressed onClick={() => room.video.encrypt(false)}>
        {t('video.encryption.turnOff')}
      </Button>
    );
  }
  return (
    <>
      <Button
        variant="default"
        aria-pressed={false}
        disabled={encryption === 'unable' || encryption === 'alone'}
        loading={encryption === 'asking'}
        onClick={ask.open}
      >
        {t('video.encryption.turnOn')}
      </Button>
      {encryption !== 'off' && encryption !== 'asking' && (
        <Text size="sm" role="status">
          {t(`video.encryption.${encryption}`)}
        </Text>
      )}
      <Modal
        opened={asking}
        onClose={ask.close}
        lockScroll={false}
        title={t('video.encryption.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack>
          <Text>{t('video.encryption.gives')}</Text>
          <Text fw={600}>{t('video.encryption.costs')}</Text>
          <List spacing="xs">
            {COSTS.map((cost) => (
              <List.Item key={cost}>{t(`video.encryption.cost.${cost}`)}</List.Item>
            ))}
          </List>
          <Group justify="flex-end">
            <Button variant="default" onClick={ask.close}>
              {t('common.back')}
            </Button>
            <Button
              onClick={() => {
                room.video.encrypt(true);
                ask.close();
              }}
            >
              {t('video.encryption.turnOn')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
