import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, Outlet } from 'react-router';
import { ADMINISTRATOR, TRAIL, useHasRole, type Role } from '../data/session/roles';
import { useOpenInSight } from '../kit/open_section';
import classes from './layout.module.css';

const SECTIONS = [
  { to: 'users', roles: ADMINISTRATOR },
  { to: 'agendas', roles: ADMINISTRATOR },
  { to: 'categories', roles: ADMINISTRATOR },
  { to: 'sites', roles: ADMINISTRATOR },
  { to: 'reminders', roles: ADMINISTRATOR },
  { to: 'partners', roles: ADMINISTRATOR },
  { to: 'webhooks', roles: ADMINISTRATOR },
  { to: 'country', roles: ADMINISTRATOR },
  { to: 'consent', roles: ADMINISTRATOR },
  { to: 'catalogues', roles: ADMINISTRATOR },
  { to: 'alarms', roles: ADMINISTRATOR },
  { to: 'measuring', roles: ADMINISTRATOR },
  { to: 'knowledge', roles: ADMINISTRATOR },
  { to: 'settings', roles: ADMINISTRATOR },
  { to: 'audit', roles: TRAIL },
] as const satisfies readonly { readonly to: string; readonly roles: readonly Role[] }[];

function useSections() {
  const has = useHasRole();
  return SECTIONS.filter(({ roles }) => has(roles));
}

/** The sections that the user's roles open, beside the one that is open; above it on a phone. */
export function AdminLayout() {
  const { t } = useTranslation();
  const nav = useOpenInSight();
  return (
    <div className={classes.frame}>
      <Title order={1} size="h2" className={classes.title}>
        {t('nav.admin')}
      </Title>
      <nav ref={nav} aria-label={t('nav.admin')} className={classes.sections}>
        {useSections().map(({ to }) => (
          <NavLink key={to} to={to} className={classes.section ?? ''}>
            {t(`admin.${to}`)}
          </NavLink>
        ))}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}

export function FirstSection() {
  const [first] = useSections();
  return <Navigate to={first?.to ?? '/'} replace />;
}
