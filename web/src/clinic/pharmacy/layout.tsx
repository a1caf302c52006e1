import { Group, NativeSelect, Stack, Title } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBuildingWarehouse } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, Outlet, useOutletContext } from 'react-router';
import { useWarehouses, type Warehouse } from '../data/pharmacy';
import { PHARMACIST, PHARMACY, STOCK, useHasRole, type Role } from '../data/session/roles';
import { AreaSections } from '../kit/area_sections';
import { Empty, Loaded } from '../kit/states';
import { openArea } from '../language/i18n';

const SECTIONS = [
  { to: 'dispense', roles: STOCK },
  { to: 'waiting', roles: STOCK },
  { to: 'wards', roles: STOCK },
  { to: 'stock', roles: PHARMACY },
  { to: 'entry', roles: STOCK },
  { to: 'transfers', roles: STOCK },
  { to: 'counts', roles: [...STOCK, 'administrator'] },
  { to: 'recalls', roles: PHARMACIST },
  { to: 'reports', roles: [...PHARMACIST, 'administrator'] },
  { to: 'items', roles: PHARMACY },
  { to: 'warehouses', roles: PHARMACY },
] as const satisfies readonly { readonly to: string; readonly roles: readonly Role[] }[];

/** What every page of the pharmacy knows: where somebody works, and where goods may go. */
interface Context {
  readonly here: Warehouse | undefined;
  readonly all: readonly Warehouse[];
}

/** The layout, once the texts of the pharmacy are here. */
export async function opened(): Promise<ComponentType> {
  await openArea('pharmacy');
  return PharmacyLayout;
}

function PharmacyLayout() {
  const { t } = useTranslation('pharmacy');
  const warehouses = useWarehouses();
  const [chosen, choose] = useLocalStorage({ key: 'telesalud.warehouse', defaultValue: '' });
  return (
    <Stack>
      <Loaded query={warehouses} rows={2}>
        {(all) => {
          const open = all.filter(({ closed }) => !closed);
          const here = open.find(({ id }) => id === chosen) ?? open[0];
          return (
            <>
              <Group justify="space-between">
                <Title order={1} size="h2">
                  {t('title')}
                </Title>
                {open.length > 0 && (
                  <NativeSelect
                    aria-label={t('warehouse')}
                    value={here?.id ?? ''}
                    data={open.map(({ id, name }) => ({ value: id, label: name }))}
                    onChange={(event) => choose(event.currentTarget.value)}
                  />
                )}
              </Group>
              <Sections />
              <Outlet context={{ here, all: open } satisfies Context} key={here?.id} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Sections() {
  const { t } = useTranslation('pharmacy');
  const has = useHasRole();
  return (
    <AreaSections
      label={t('title')}
      sections={SECTIONS.filter(({ roles }) => has(roles)).map(({ to }) => ({ to, name: t(`sections.${to}`) }))}
    />
  );
}

export function FirstSection() {
  const has = useHasRole();
  return <Navigate to={SECTIONS.find(({ roles }) => has(roles))?.to ?? 'stock'} replace />;
}

/** A page of one warehouse, or what to do while there is none. */
export function Here({
  children,
}: {
  readonly children: (here: Warehouse, all: readonly Warehouse[]) => React.ReactNode;
}) {
  const { t } = useTranslation('pharmacy');
  const { here, all } = useOutletContext<Context>();
  if (here) return <>{children(here, all)}</>;
  return <Empty icon={IconBuildingWarehouse} title={t('noWarehouse')} body={t('noWarehouseBody')} />;
}
