import { Stack, Title } from '@mantine/core';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { openArea } from '../language/i18n';

/** The layout, once the texts of the day hospital are here. */
export async function opened(): Promise<ComponentType> {
  await openArea('hospital');
  return HospitalLayout;
}

function HospitalLayout() {
  const { t } = useTranslation('hospital');
  return (
    <Stack maw={1240}>
      <Title order={1} size="h2">
        {t('title')}
      </Title>
      <Outlet />
    </Stack>
  );
}
