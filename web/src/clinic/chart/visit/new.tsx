import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconPrescription, IconTestPipe } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { EntryKind } from '../../data/orders';
import { useSession } from '../../data/session/session';
import type { Shown } from './panel';

interface NewProps {
  readonly onShow: (shown: Shown) => void;
}

const ICONS = { prescription: IconPrescription, order: IconTestPipe } as const;
const BUTTONS = ['prescription', 'order'] as const;
const PAPERS = ['referral', 'certificate'] as const;

/** What may be written in a visit. Nurses write drafts; papers are signed as they are issued. */
export function NewInVisit({ onShow }: NewProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const physician = me.roles.includes('physician');
  if (!physician && !me.roles.includes('nurse')) return null;
  const papers = physician ? PAPERS : [];
  if (narrow)
    return <Kinds label={t('visit.write')} kinds={[...BUTTONS, ...papers]} onPick={(kind) => onShow({ kind })} />;
  return (
    <>
      {BUTTONS.map((kind) => {
        const Icon = ICONS[kind];
        return (
          <Button
            key={kind}
            variant="default"
            leftSection={<Icon size={18} aria-hidden />}
            onClick={() => onShow({ kind })}
          >
            {t(`orders.kind.${kind}`)}
          </Button>
        );
      })}
      {papers.length > 0 && <Kinds label={t('visit.otherPaper')} kinds={papers} onPick={(kind) => onShow({ kind })} />}
    </>
  );
}

interface KindsProps {
  readonly label: string;
  readonly kinds: readonly EntryKind[];
  readonly onPick: (kind: EntryKind) => void;
}

function Kinds({ label, kinds, onPick }: KindsProps) {
  const { t } = useTranslation();
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind} onClick={() => onPick(kind)}>
            {kind === 'prescription' ? t('orders.newPrescription') : t(`orders.new.${kind}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
