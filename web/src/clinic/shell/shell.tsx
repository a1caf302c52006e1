import { Alert, Burger, Button, Menu, NavLink, Stack, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import {
  IconBed,
  IconCalendar,
  IconChartBar,
  IconClockUp,
  IconHourglass,
  IconInbox,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMessageReport,
  IconMoon,
  IconPill,
  IconReceipt,
  IconReport,
  IconSearch,
  IconSettings,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { Ringing } from '../alarms/ringing';
import { useCountrysWords } from '../data/country';
import {
  BILLING,
  DASHBOARDS,
  DESK,
  HOSPITAL,
  ORDERS,
  PHARMACY,
  RECORDS,
  REPORTS,
  TRAIL,
  useHasRole,
  type Role,
  AGENDA,
} from '../data/session/roles';
import { useSession } from '../data/session/session';
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES } from '../language/i18n';
import { FindPatient } from '../patients/find';
import { RoomHost } from '../room/host';
import { useLeaving } from './leaving';
import classes from './shell.module.css';
import { ShortcutSheet } from './shortcut_sheet';
import { useShortcutKeys } from './shortcuts';

/** Navigation left, one working column, what a page needs beside it. */
export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const [finding, find] = useDisclosure();
  const { online } = useNetwork();
  useCountrysWords();
  const [listing, list] = useDisclosure();
  useShortcutKeys(find.open, list.open);
  const { pathname } = useLocation();
  // What has its own sections, or a picture, gets the width.
  const rail = /^\/(patients\/(?!new$)|room\/|admin)/.test(pathname);
  return (
    <div className={classes.shell} data-open={open || undefined} data-rail={rail || undefined}>
      <a className="skip-link" href="#main">
        {t('common.skip')}
      </a>
      <header className={classes.header}>
        <Burger className={classes.burger} opened={open} onClick={toggle} size="sm" aria-label={t('nav.label')} />
        <img src="/mark.svg" alt="" width={30} height={30} />
        <span className={`brand-name ${classes.name}`}>Telesalud</span>
        <Button
          className={classes.find}
          variant="default"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={<kbd className={classes.keys}>Ctrl K</kbd>}
          onClick={find.open}
        >
          {t('nav.findPatient')}
        </Button>
        <UserMenu onShortcuts={list.open} />
      </header>
      <nav className={classes.nav} aria-label={t('nav.label')}>
        <Navigation onNavigate={close} />
      </nav>
      <main className={classes.main} id="main" tabIndex={-1}>
        {!online && (
          <Alert color="yellow" p="xs" mb="md" role="status">
            {t('offline.banner')}
          </Alert>
        )}
        <Ringing />
        <RoomHost>
          <Outlet />
        </RoomHost>
      </main>
      <ShortcutSheet opened={listing} onClose={list.close} />
      <FindPatient opened={finding} onClose={find.close} />
    </div>
  );
}

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconCalendar;
  /** Who sees it; everybody when left out. */
  readonly roles?: readonly Role[];
}

const ENTRY = {
  root: classes.entry ?? '',
  section: classes.picture ?? '',
  body: classes.words ?? '',
  label: classes.label ?? '',
};

function Navigation({ onNavigate }: { readonly onNavigate: () => void }) {
  const { t } = useTranslation();
  const has = useHasRole();
  const { pathname } = useLocation();
  const entries: readonly Entry[] = [
    { to: '/agenda', label: t('nav.agenda'), icon: IconCalendar, roles: AGENDA },
    { to: '/waiting', label: t('nav.waiting'), icon: IconHourglass, roles: DESK },
    { to: '/waitlist', label: t('nav.waitlist'), icon: IconClockUp, roles: DESK },
    { to: '/patients', label: t('nav.patients'), icon: IconUsers },
    { to: '/work', label: t('worklists.title'), icon: IconInbox, roles: ORDERS },
    { to: '/triage', label: t('nav.triage'), icon: IconMessageReport, roles: RECORDS },
    { to: '/pharmacy', label: t('nav.pharmacy'), icon: IconPill, roles: PHARMACY },
    { to: '/hospital', label: t('nav.hospital'), icon: IconBed, roles: HOSPITAL },
    { to: '/billing', label: t('nav.billing'), icon: IconReceipt, roles: BILLING },
    { to: '/dashboards', label: t('nav.dashboards'), icon: IconChartBar, roles: DASHBOARDS },
    { to: '/reports', label: t('nav.reports'), icon: IconReport, roles: REPORTS },
    { to: '/admin', label: t('nav.admin'), icon: IconSettings, roles: TRAIL },
  ];
  return (
    <Stack gap={4}>
      {entries
        .filter(({ roles }) => roles === undefined || has(roles))
        .map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
            classNames={ENTRY}
            active={pathname.startsWith(to)}
            aria-current={pathname.startsWith(to) ? 'page' : undefined}
            onClick={onNavigate}
          />
        ))}
    </Stack>
  );
}

function UserMenu({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const { t, i18n } = useTranslation();
  const { me } = useSession();
  const leaving = useLeaving();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const roles = me.roles.map((role) => t(`role.${role}`)).join(', ');
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.user}>
          <span className={classes.whoami}>
            <strong>{me.display_name}</strong> <span>{roles}</span>
          </span>
          <span className={classes.letter} aria-hidden>
            {me.display_name.slice(0, 1)}
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.display_name}
          <br />
          {roles}
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
          <Menu.Item key={scheme} aria-current={colorScheme === scheme} onClick={() => setColorScheme(scheme)}>
            {t(`common.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={16} aria-hidden />}>
          {t('nav.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShortcuts}>
          {t('shortcuts.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leaving.leave()}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
      {leaving.dialog}
    </Menu>
  );
}
