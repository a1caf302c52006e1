import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys, useNetwork } from '@mantine/hooks';
import {
  IconCalendar,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSearch,
  IconUsers,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { useSession } from '../auth/session';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n';
import { FindPatient } from '../patients/find';

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  es: 'Español',
  pt: 'Português',
  en: 'English',
};

/** Navigation left, one working column, what a page needs beside it. */
export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const [finding, find] = useDisclosure();
  const { online } = useNetwork();
  useHotkeys([['mod+K', find.open]], []);
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'md', lg: 'lg' }}
    >
      <a className="skip-link" href="#main">
        {t('common.skip')}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('nav.label')} />
            <img src="/mark.svg" alt="" width={30} height={30} />
            <Text className="brand-name" visibleFrom="xs">
              Telesalud
            </Text>
          </Group>
          <Button
            variant="default"
            leftSection={<IconSearch size={16} aria-hidden />}
            rightSection={
              <Text component="kbd" size="xs" c="dimmed" visibleFrom="sm">
                Ctrl K
              </Text>
            }
            onClick={find.open}
          >
            {t('nav.findPatient')}
          </Button>
          <UserMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav.label')}>
        <Navigation onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {!online && (
          <Badge color="yellow" size="lg" radius="sm" fullWidth mb="md" role="status">
            {t('offline.banner')}
          </Badge>
        )}
        <Outlet />
      </AppShell.Main>
      <FindPatient opened={finding} onClose={find.close} />
    </AppShell>
  );
}

function Navigation({ onNavigate }: { readonly onNavigate: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const entries = [
    { to: '/agenda', label: t('nav.agenda'), icon: IconCalendar },
    { to: '/patients', label: t('nav.patients'), icon: IconUsers },
  ];
  return (
    <Stack gap={4}>
      {entries.map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
            active={pathname.startsWith(to)}
            aria-current={pathname.startsWith(to) ? 'page' : undefined}
            onClick={onNavigate}
          />
      ))}
    </Stack>
  );
}

function UserMenu() {
  const { t, i18n } = useTranslation();
  const { me, signOut } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" radius="xl" aria-label={me.display_name}>
          {me.display_name.slice(0, 1)}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.display_name}
          <br />
          {me.tenant_name}
        </Menu.Label>
        <Menu.Label>
          <IconLanguage size={14} aria-hidden /> {t('common.language')}
        </Menu.Label>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            aria-current={i18n.language === language}
            onClick={() => void chooseLanguage(language)}
          >
            {LANGUAGE_NAMES[language]}
          </Menu.Item>
        ))}
        <Menu.Label>
          <IconMoon size={14} aria-hidden /> {t('common.appearance')}
        </Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            aria-current={colorScheme === scheme}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`common.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
