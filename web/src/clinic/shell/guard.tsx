import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { useHasRole, type Role } from '../data/session/roles';
import { Empty } from '../kit/states';

/** The pages below it, for those roles; anybody else reads why the page stays closed. */
export function For({ roles }: { readonly roles: readonly Role[] }) {
  const { t } = useTranslation();
  const has = useHasRole();
  return has(roles) ? <Outlet /> : <Empty icon={IconLock} title={t('fault.closed')} body={t('fault.closedBody')} />;
}
