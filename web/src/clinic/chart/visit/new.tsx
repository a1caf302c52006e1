import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPrescription, IconTestPipe } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../data/session/session';
import type { Shown } from './panel';

interface NewProps {
  readonly onShow: (shown: Shown) => void;
  readonly compact?: boolean;
}

/** What may be written in a visit. Nurses write drafts; papers are signed as they are issued. */
export function NewInVisit({ onShow, compact = false }: NewProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const physician = me.roles.includes('physician');
  if (!physician && !me.roles.includes('nurse')) return null;
  const size = compact ? 'compact-sm' : 'sm';
  return (
    <>
      <Button
        variant="default"
        size={size}
        leftSection={<IconPrescription size={18} aria-hidden />}
        onClick={() => onShow({ kind: 'prescription' })}
      >
        {t('orders.kind.prescription')}
      </Button>
      <Button
        variant="default"
        size={size}
        leftSection={<IconTestPipe size={18} aria-hidden />}
        onClick={() => onShow({ kind: 'order' })}
      >
        {t('orders.kind.order')}
      </Button>
      {physician && (
        <Menu position="top-end">
          <Menu.Target>
            <Button variant="default" size={size} rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t('visit.otherPaper')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['referral', 'certificate'] as const).map((kind) => (
              <Menu.Item key={kind} onClick={() => onShow({ kind })}>
                {t(`orders.new.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
