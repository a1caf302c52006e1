import { Button, Center, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCloudOff, IconLifebuoy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useRouteError } from 'react-router';

/** Each browser's words for a script that could not be fetched. */
const NOT_FETCHED = /dynamically imported module|module script failed|preload CSS/i;

/** What a page shows in its place when it failed; the navigation around it stays. */
export function PageFault() {
  const { t } = useTranslation();
  const error = useRouteError();
  const location = useLocation();
  const navigate = useNavigate();
  // A page's script that is gone or out of reach: a newer version was published, or no network.
  const missing = error instanceof Error && NOT_FETCHED.test(error.message);
  const retry = () => {
    if (missing) window.location.reload();
    else void navigate(location, { replace: true });
  };
  const Icon = missing ? IconCloudOff : IconLifebuoy;
  return (
    <Center mih="60dvh" p="md">
      <Paper p="xl" maw={480} role="alert">
        <Stack align="flex-start">
          <ThemeIcon size={52} radius="xl" variant="light" color="gray">
            <Icon size={28} stroke={1.4} aria-hidden />
          </ThemeIcon>
          <Title order={1} size="h3">
            {t(missing ? 'fault.missingTitle' : 'fault.title')}
          </Title>
          <Text c="dimmed">{t(missing ? 'fault.missingBody' : 'fault.body')}</Text>
          <Group>
            <Button onClick={retry}>{t(missing ? 'update.reload' : 'common.retry')}</Button>
            <Button variant="default" onClick={() => void navigate('/')}>
              {t('fault.home')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Center>
  );
}
