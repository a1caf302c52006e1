import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const SLOW_MS = 5000;

/** Before the session is known; says so when the server takes long or is out of reach. */
export function Opening() {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center mih="100dvh" p="md">
      <Stack align="center" role="status">
        <Loader aria-hidden />
        <Text c="dimmed" ta="center" mih={48}>
          {slow && t('fault.opening')}
        </Text>
      </Stack>
    </Center>
  );
}

/** The pages could not be fetched: no network, or a newer version was published. */
export function NotFetched() {
  const { t } = useTranslation();
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack role="alert" maw={420} data-state="fault">
        <Text fw={650} size="lg">
          {t('fault.missingTitle')}
        </Text>
        <Text c="dimmed">{t('fault.missingBody')}</Text>
        <Button onClick={() => window.location.reload()}>{t('update.reload')}</Button>
      </Stack>
    </Center>
  );
}
