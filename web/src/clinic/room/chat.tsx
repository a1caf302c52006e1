import { Button, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { time } from '../language/format';
import classes from './room.module.css';

export function Chat({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const log = useRef<HTMLDivElement>(null);
  const count = state.messages.length + state.outgoing.length;
  const names = new Map(state.consult.participants.map((p) => [p.participant, p.display_name]));
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [count]);
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    void room.say(text.trim());
    setText('');
  };
  return (
    <Stack>
      <div className={classes.log} ref={log} role="log" aria-live="polite" aria-label={t('room.chat')} tabIndex={0}>
        {count === 0 && <Text c="dimmed">{t('room.chatEmpty')}</Text>}
        {state.messages.map((message) => {
          const mine = message.participant === room.me;
          return (
            <div key={message.sequence} className={`${classes.bubble} ${mine ? classes.mine : ''}`}>
              <Text size="xs" c="dimmed">
                {mine ? t('room.you') : names.get(message.participant)} · {time(message.at)}
              </Text>
              {message.text}
            </div>
          );
        })}
        {state.outgoing.map((message) => (
          <div key={message.clientId} className={`${classes.bubble} ${classes.mine}`}>
            {message.text}
            {message.state === 'waiting' && (
              <Text size="xs" c="dimmed">
                {t('room.sentLater')}
              </Text>
            )}
            {message.state === 'failed' && (
              <UnstyledButton fz="xs" td="underline" onClick={() => void room.say(message.text, message.clientId)}>
                {t('room.notSent')}
              </UnstyledButton>
            )}
          </div>
        ))}
      </div>
      <Group component="form" wrap="nowrap" onSubmit={send}>
        <TextInput
          aria-label={t('room.message')}
          placeholder={t('room.message')}
          value={text}
          maxLength={4000}
          flex={1}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit">{t('room.send')}</Button>
      </Group>
    </Stack>
  );
}
