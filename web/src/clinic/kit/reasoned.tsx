import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { refusal } from '../language/order_refusals';

/** The API takes reasons of ten characters and more. */
export const SHORTEST_REASON = 10;

interface ReasonedProps {
  readonly label: string;
  readonly body: string;
  readonly danger?: boolean;
  /** Further questions above the reason. */
  readonly children?: ReactNode;
  readonly onConfirm: (reason: string) => Promise<unknown>;
}

/** A button whose action needs a reason that stays on file. */
export function Reasoned({ label, body, danger = false, children, onConfirm }: ReasonedProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const confirm = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await onConfirm(reason.trim());
      setReason('');
      close();
    } catch (error) {
      setFault(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button variant="default" onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={label} closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Stack>
          <Text size="sm">{body}</Text>
          {children}
          <Textarea
            label={t('orders.reason')}
            description={t('orders.reasonHint', { count: SHORTEST_REASON })}
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Text role="alert" c="var(--mantine-color-error)">
            {fault === undefined ? '' : refusal(fault, t)}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.back')}
            </Button>
            <Button
              color={danger ? 'red' : 'lake'}
              loading={busy}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => void confirm()}
            >
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
