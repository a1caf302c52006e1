import { Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import i18n from '../language/i18n';

/** The person decides when: a reload in the middle of a note is never ours to start. */
export function offerReload(): void {
  notifications.show({
    id: 'update',
    autoClose: false,
    message: <Offer />,
    closeButtonProps: { 'aria-label': i18n.t('common.close') },
  });
}

function Offer() {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t('update.ready')}</Text>
      <Button size="xs" onClick={() => window.location.reload()}>
        {t('update.reload')}
      </Button>
    </Stack>
  );
}
