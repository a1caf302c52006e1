import { Button, Group, Stack, Title } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, Outlet } from 'react-router';
import { ADMINISTRATOR, RECORDS, useHasRole, type Role } from '../data/session/roles';
import { openArea } from '../language/i18n';
import sections from '../pharmacy/pharmacy.module.css';

const SECTIONS = [
  { to: 'mine', roles: RECORDS },
  { to: 'institution', roles: ADMINISTRATOR },
  { to: 'operations', roles: ADMINISTRATOR },
] as const satisfies readonly { readonly to: string; readonly roles: readonly Role[] }[];

/** The layout, once the texts of the dashboards are here. */
export async function opened(): Promise<ComponentType> {
  await openArea('dashboards');
  return DashboardsLayout;
}

function DashboardsLayout() {
  const { t } = useTranslation('dashboards');
  const has = useHasRole();
  const offered = SECTIONS.filter(({ roles }) => has(roles));
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('title')}
        </Title>
        <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {t('print')}
        </Button>
      </Group>
      {offered.length > 1 && (
        <nav aria-label={t('title')} className={sections.sections}>
          {offered.map(({ to }) => (
            <NavLink key={to} to={to} className={sections.section ?? ''}>
              {t(`sections.${to}`)}
            </NavLink>
          ))}
        </nav>
      )}
      <Outlet />
    </Stack>
  );
}

export function FirstSection() {
  const has = useHasRole();
  return <Navigate to={SECTIONS.find(({ roles }) => has(roles))?.to ?? '/agenda'} replace />;
}
