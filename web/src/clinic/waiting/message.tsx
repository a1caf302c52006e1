import { ActionIcon, Alert, Button, Group, Popover, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMessage } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ConsultApi } from '../../common/consult_api';
import { uuid7 } from '../../common/uuid';
import { consults, unwrap } from '../data/server/client';
import { explain } from '../language/refusals';

const QUICK = ['soon', 'ten', 'call'] as const;

/** A message to somebody who waits, without entering the room. */
export function Message({ consult, name }: { readonly consult: string; readonly name: string }) {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const [text, setText] = useState('');
  const id = useRef(uuid7());
  const sending = useMutation({
    mutationFn: async (said: string) => {
      const params = { path: { consult_id: consult } };
      const { token } = await unwrap(consults.POST('/consults/{consult_id}/session', { params }));
      await new ConsultApi(consult, () => token).say(id.current, said);
    },
    onSuccess: () => {
      id.current = uuid7();
      setText('');
    },
  });
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== '') sending.mutate(text.trim());
  };
  const choose = (said: string) => {
    id.current = uuid7(); // another text is another message
    setText(said);
  };
  return (
    <Popover opened={open} onChange={close} width={320} position="bottom-end" trapFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="default" size="lg" aria-label={t('waiting.message', { name })} onClick={toggle}>
          <IconMessage size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack component="form" gap="xs" onSubmit={send}>
          <TextInput
            label={t('waiting.messageTo', { name })}
            value={text}
            maxLength={4000}
            onChange={(event) => choose(event.currentTarget.value)}
          />
          <Group gap={6}>
            {QUICK.map((each) => (
              <Button key={each} size="compact-sm" variant="light" onClick={() => choose(t(`waiting.quick.${each}`))}>
                {t(`waiting.quick.${each}`)}
              </Button>
            ))}
          </Group>
          <Button type="submit" loading={sending.isPending} disabled={text.trim() === ''}>
            {t('room.send')}
          </Button>
          <span role="status">{sending.isSuccess && text === '' && t('waiting.sent')}</span>
          {sending.isError && <Alert color="red">{explain(sending.error, t)}</Alert>}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
