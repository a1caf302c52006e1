import { Button, Group, Stack, Title } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet } from 'react-router';
import { ADMINISTRATOR, RECORDS, useHasRole, type Role } from '../data/session/roles';
import { AreaSections } from '../kit/area_sections';
import { openArea } from '../language/i18n';

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
        <AreaSections label={t('title')} sections={offered.map(({ to }) => ({ to, name: t(`sections.${to}`) }))} />
      )}
      <Outlet />
    </Stack>
  );
}

export function FirstSection() {
  const has = useHasRole();
  return <Navigate to={SECTIONS.find(({ roles }) => has(roles))?.to ?? '/agenda'} replace />;
}
