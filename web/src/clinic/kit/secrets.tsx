import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dayAndTime } from '../language/format';

export interface Shown {
  readonly label: string;
  readonly value: string;
  readonly expires?: string;
}

/** A secret that the server will not tell again; only a click closes it. */
export function Secrets({
  shown,
  onClose,
}: {
  readonly shown: readonly Shown[] | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={shown !== undefined}
      onClose={onClose}
      title={t('admin.once')}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="yellow">{t('admin.onceBody')}</Alert>
        {shown?.map(({ label, value, expires }) => (
          <div key={label}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Group wrap="nowrap">
              <Code fz="md" style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Code>
              <CopyButton value={value}>
                {({ copied, copy }) => (
                  <Button size="xs" variant="default" onClick={copy}>
                    {t(copied ? 'admin.copied' : 'secondFactor.copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
            {expires !== undefined && (
              <Text size="sm" c="dimmed">
                {t('admin.until', { moment: dayAndTime(expires) })}
              </Text>
            )}
          </div>
        ))}
        <Button onClick={onClose}>{t('secondFactor.kept')}</Button>
      </Stack>
    </Modal>
  );
}
