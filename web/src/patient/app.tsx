/** @jsxImportSource preact */
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  browserLanguage,
  isLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  translator,
  type Language,
} from '../locales/patient';
import { exchange } from '../common/consult_api';
import { ENDED } from '../common/consult_types';
import { Problem, Unreachable } from '../common/problem';
import { SpeechContext, useSpeech } from './context';
import { LocalMedia } from '../common/local_media';
import { inAppBrowser, openMedia } from './devices';
import { Room, type RoomState } from '../common/consult_room';
import { Call } from './screens/call';
import { Check, type Checked } from './screens/check';
import { Ended, Refused } from './screens/ended';
import { Notice } from './screens/notice';
import { Waiting } from './screens/waiting';
import { Welcome } from './screens/welcome';
import { deviceMark, forgetSession, keepPassed, keepSession, keptSession, passed, takeSecret, type Passed } from './storage';

const EARLY_RETRY_MS = 20_000;
/** What may pass by itself is tried again without being asked. */
const PASSING_RETRY_MS = 4000;

export function App() {
  const [language, setLanguage] = useState<Language>(browserLanguage);
  const [entry] = useState(() => ({ secret: takeSecret() }));
  const [room, setRoom] = useState<Room>();
  const [error, setError] = useState<Error>();
  const t = useMemo(() => translator(language), [language]);

  const enter = async () => {
    setError(undefined);
    try {
      const session = entry.secret ? await exchange(entry.secret, deviceMark()) : keptSession();
      if (!session) throw new Problem(404, { type: 'not-found' });
      const spoken = session.consult.language;
      if (isLanguage(spoken)) setLanguage(spoken);
      setRoom(new Room(session, keepSession));
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)));
    }
  };
  useEffect(() => void enter(), []);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t('title')} · Telesalud`;
  }, [language, t]);
  useEffect(() => {
    const early = error instanceof Problem && error.kind === 'not-open-yet';
    const passing = error instanceof Unreachable || (error instanceof Problem && error.status >= 500);
    if (!early && !passing) return undefined;
    const timer = setTimeout(() => void enter(), early ? EARLY_RETRY_MS : PASSING_RETRY_MS);
    return () => clearTimeout(timer);
  }, [error]);

  return (
    <SpeechContext.Provider value={{ language, t, choose: setLanguage }}>
      <a class="skip" href="#content">
        {t('skip')}
      </a>
      <Header />
      <main id="content">
        {inAppBrowser() ? (
          <Notice tone="stop" title={t('inAppTitle')} body={t('inAppBody')} />
        ) : room ? (
          <Visit room={room} />
        ) : error ? (
          <Refused error={error} onRetry={() => void enter()} />
        ) : (
          <p class="card loading" role="status">
            {t('loading')}
          </p>
        )}
      </main>
    </SpeechContext.Provider>
  );
}

function Header() {
  const { language, t, choose } = useSpeech();
  return (
    <header>
      <img src="/mark.svg" alt="" width="32" height="32" />
      <span class="brand">Telesalud</span>
      <label>
        <span class="hidden">{t('language')}</span>
        <select value={language} onChange={(event) => choose(event.currentTarget.value as Language)}>
          {LANGUAGES.map((code) => (
            <option key={code} value={code} lang={code}>
              {LANGUAGE_NAMES[code]}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}

/** Consent, device check, waiting room, call and end, in the order the state allows. */
function Visit({ room }: { readonly room: Room }) {
  const { t } = useSpeech();
  const state = useRoom(room);
  const id = state.consult.id;
  const [step, setStep] = useState<Passed | undefined>(() => passed(id));
  const [media] = useState(() => new LocalMedia(async () => (await openMedia()).stream));
  const [left, setLeft] = useState(false);
  const ended = ENDED.has(state.consult.status);

  useEffect(() => {
    room.start();
    return () => room.stop();
  }, [room]);
  const framed = state.consult.video === 'jitsi';
  useEffect(() => {
    // Back after a reload: the check was passed before, so only open the devices again.
    if (step === 'checked' && !framed && !ended) void media.open();
  }, [step, media, framed, ended]);
  useEffect(() => {
    if (!ended) return;
    media.close();
    forgetSession();
  }, [ended, media]);

  if (ended) return <Ended state={state} />;
  if (state.refused) return <Refused error={state.refused} onRetry={() => location.reload()} />;
  const pass = (reached: Passed) => {
    keepPassed(id, reached);
    setStep(reached);
  };
  const onChecked = async ({ media: opened, device }: Checked) => {
    await room.announce(device);
    media.adopt(opened.stream);
    pass('checked');
  };
  if (!step) return <Welcome consult={state.consult} onConsent={() => pass('consented')} />;
  if (step === 'consented') return <Check onChecked={onChecked} />;
  if (left) {
    return (
      <Notice tone="calm" title={t('callTitle')} body={t('waitingStay')}>
        <button type="button" class="primary" onClick={() => setLeft(false)}>
          {t('continue')}
        </button>
      </Notice>
    );
  }
  const leave = () => {
    room.hangUp();
    setLeft(true);
  };
  return (
    <>
      {!state.online && (
        <p class="banner" role="alert">
          {t('offline')}
        </p>
      )}
      {state.consult.status === 'in_progress' ? (
        <Call room={room} state={state} media={media} onLeave={leave} />
      ) : (
        <Waiting room={room} state={state} />
      )}
    </>
  );
}

function useRoom(room: Room): RoomState {
  const [state, setState] = useState(room.state);
  useEffect(() => room.subscribe(() => setState(room.state)), [room]);
  return state;
}
