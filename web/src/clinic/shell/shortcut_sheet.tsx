import { Kbd, Modal, Table } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from './shortcuts';

interface SheetProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** All keys that work everywhere, with what they do. */
export function ShortcutSheet({ opened, onClose }: SheetProps) {
  const { t } = useTranslation();
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['Ctrl', 'K'], t('nav.findPatient')],
    ...useShortcuts().map(({ shown, name }) => [shown, t(`shortcuts.${name}`)] as const),
    [['Ctrl', '/'], t('shortcuts.list')],
    [['Esc'], t('shortcuts.close')],
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Table>
        <Table.Tbody>
          {rows.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Th scope="row" fw={400}>
                {does}
              </Table.Th>
              <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                {keys.map((key, at) => (
                  <Fragment key={key}>
                    {at > 0 && ' + '}
                    <Kbd>{key}</Kbd>
                  </Fragment>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
