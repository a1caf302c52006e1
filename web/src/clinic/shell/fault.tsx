import { Button, Center, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCloudOff, IconLifebuoy, IconMapQuestion, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isRouteErrorResponse, useLocation, useNavigate, useRouteError } from 'react-router';

/** Each browser's words for a script that could not be fetched. */
const NOT_FETCHED = /dynamically imported module|module script failed|preload CSS/i;

const ICONS = { failed: IconLifebuoy, missing: IconCloudOff, unknown: IconMapQuestion } as const satisfies Record<
  string,
  Icon
>;

type Kind = keyof typeof ICONS;

/** `missing`: the page's script is gone or out of reach: a newer version was published, or no network. */
function kindOf(error: unknown): Kind {
  if (isRouteErrorResponse(error) && error.status === 404) return 'unknown';
  return error instanceof Error && NOT_FETCHED.test(error.message) ? 'missing' : 'failed';
}

/** What a page shows in its place when it failed or does not exist; the navigation around it stays. */
export function PageFault() {
  const { t } = useTranslation();
  const kind = kindOf(useRouteError());
  const location = useLocation();
  const navigate = useNavigate();
  const retry = () => {
    if (kind === 'missing') window.location.reload();
    else void navigate(location, { replace: true });
  };
  const Shown = ICONS[kind];
  return (
    <Center mih="60dvh" p="md">
      <Paper p="xl" maw={480} role="alert" data-state={kind === 'unknown' ? 'nowhere' : 'fault'}>
        <Stack align="flex-start">
          <ThemeIcon size={52} radius="xl" variant="light" color={kind === 'unknown' ? 'lake' : 'gray'}>
            <Shown size={28} stroke={1.4} aria-hidden />
          </ThemeIcon>
          <Title order={1} size="h3">
            {t(`fault.${kind}Title`)}
          </Title>
          <Text c="dimmed">{t(`fault.${kind}Body`)}</Text>
          <Group>
            {kind !== 'unknown' && (
              <Button onClick={retry}>{t(kind === 'missing' ? 'update.reload' : 'common.retry')}</Button>
            )}
            <Button variant={kind === 'unknown' ? 'filled' : 'default'} onClick={() => void navigate('/')}>
              {t('fault.home')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Center>
  );
}
