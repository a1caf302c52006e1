/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import { timeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';

/** Messages of both sides; what is not sent yet stays visible with its state. */
export function Chat({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useSpeech();
  const log = useRef<HTMLDivElement>(null);
  const count = state.messages.length + state.outgoing.length;
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [count]);
  return (
    <section class="card chat" aria-labelledby="chat-title">
      <h2 id="chat-title">{t('chat')}</h2>
      <div class="log" ref={log} role="log" aria-live="polite" tabIndex={0} aria-labelledby="chat-title">
        {count === 0 && <p class="soft">{t('chatEmpty')}</p>}
        <Sent room={room} state={state} />
        {state.outgoing.map((message) => (
          <div key={message.clientId} class="bubble mine pending">
            <p>{message.text}</p>
            {message.state !== 'failed' ? (
              <small>{t(message.state === 'sending' ? 'sending' : 'sentLater')}</small>
            ) : (
              <button type="button" class="link" onClick={() => void room.say(message.text, message.clientId)}>
                {t('notSent')}
              </button>
            )}
          </div>
        ))}
      </div>
      <Composer room={room} />
    </section>
  );
}

function Sent({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { language, t } = useSpeech();
  const names = new Map(state.consult.participants.map((p) => [p.participant, p.display_name]));
  return (
    <>
      {state.messages.map((message) => {
        const mine = message.participant === room.me;
        return (
          <div key={message.sequence} class={`bubble ${mine ? 'mine' : 'theirs'}`}>
            <small>
              {mine ? t('you') : (names.get(message.participant) ?? t('practitioner'))} · {timeOf(language, message.at)}
            </small>
            <p>{message.text}</p>
          </div>
        );
      })}
    </>
  );
}

function Composer({ room }: { readonly room: Room }) {
  const { t } = useSpeech();
  const [text, setText] = useState('');
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    void room.say(text.trim());
    setText('');
  };
  return (
    <form class="composer" onSubmit={send}>
      <label>
        <span class="hidden">{t('chatLabel')}</span>
        <input
          value={text}
          placeholder={t('chatLabel')}
          maxLength={4000}
          autoComplete="off"
          enterkeyhint="send"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary small">
        {t('send')}
      </button>
    </form>
  );
}
