import { Stack, Title } from '@mantine/core';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet } from 'react-router';
import { MONEY, useHasRole, VOUCHERS, type Role } from '../data/session/roles';
import { AreaSections } from '../kit/area_sections';
import { openArea } from '../language/i18n';

const SECTIONS = [
  { to: 'vouchers', roles: VOUCHERS },
  { to: 'invoices', roles: MONEY },
  { to: 'cash', roles: MONEY },
  { to: 'contracts', roles: MONEY },
] as const satisfies readonly { readonly to: string; readonly roles: readonly Role[] }[];

/** The layout, once the texts of billing are here. */
export async function opened(): Promise<ComponentType> {
  await openArea('billing');
  return BillingLayout;
}

function BillingLayout() {
  const { t } = useTranslation('billing');
  const has = useHasRole();
  return (
    <Stack maw={1240}>
      <Title order={1} size="h2">
        {t('title')}
      </Title>
      <AreaSections
        label={t('title')}
        sections={SECTIONS.filter(({ roles }) => has(roles)).map(({ to }) => ({ to, name: t(`sections.${to}`) }))}
      />
      <Outlet />
    </Stack>
  );
}

export function FirstSection() {
  const has = useHasRole();
  return <Navigate to={SECTIONS.find(({ roles }) => has(roles))?.to ?? 'contracts'} replace />;
}
