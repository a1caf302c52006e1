/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { exchange } from '../common/consult_api';
import { Room, type RoomState } from '../common/consult_room';
import { ENDED } from '../common/consult_types';
import { LocalMedia } from '../common/local_media';
import { Problem, Unreachable } from '../common/problem';
import {
  browserLanguage,
  isLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  timeOf,
  translator,
  type Language,
} from '../locales/patient';
import { SpeechContext, useSpeech } from './base/context';
import { inAppBrowser, openMedia } from './base/devices';
import {
  deviceMark,
  forgetSession,
  keepPassed,
  keepSession,
  keptSession,
  passed,
  takeSecret,
  type Passed,
} from './base/storage';
import { Call } from './screens/call';
import { Check, type Checked } from './screens/check';
import { Ended, Refused } from './screens/ended';
import { InApp } from './screens/in_app';
import { Notice } from './screens/notice';
import { Waiting } from './screens/waiting';
import { Welcome } from './screens/welcome';

/** What may pass by itself is tried again without being asked. */
const PASSING_RETRY_MS = 4000;
/** Early: asked at the time, and now and then before, since it may have been moved. */
const EARLY_LEAST_MS = 2000;
const EARLY_MOST_MS = 60_000;
/** A session that is refused sooner than this was not merely too old. */
const YOUNG_MS = 30_000;

export function App() {
  const [language, setLanguage] = useState<Language>(browserLanguage);
  const [inApp] = useState(() => inAppBrowser());
  const [secret] = useState(() => (inApp ? undefined : takeSecret()));
  const [room, setRoom] = useState<Room>();
  const [error, setError] = useState<Error>();
  const entered = useRef(0);
  const t = useMemo(() => translator(language), [language]);

  const enter = useCallback(async () => {
    try {
      const session = keptSession() ?? (secret && (await exchange(secret, deviceMark())));
      if (!session) throw new Problem(404, { type: 'not-found' });
      const spoken = session.consult.language;
      if (isLanguage(spoken)) setLanguage(spoken);
      entered.current = Date.now();
      setRoom(new Room(session, keepSession));
      setError(undefined);
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)));
    }
  }, [secret]);
  const retry = useCallback(() => {
    setError(undefined);
    void enter();
  }, [enter]);
  /** The session grew too old, such as during a long phone call: the link gives another one. */
  const expired = useCallback(
    (refused: Problem) => {
      forgetSession();
      setRoom(undefined);
      if (Date.now() - entered.current > YOUNG_MS) retry();
      else setError(refused);
    },
    [retry],
  );
  useEffect(() => {
    if (!inApp) void enter();
    const another = () => location.reload(); // another link was opened in this tab
    addEventListener('hashchange', another);
    return () => removeEventListener('hashchange', another);
  }, [enter, inApp]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t('title')} · Telesalud`;
  }, [language, t]);
  useEffect(() => {
    const wait = error && retryAfter(error);
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => void enter(), wait);
    const seen = () => document.visibilityState === 'visible' && void enter();
    document.addEventListener('visibilitychange', seen); // a hidden page's timers may stand still
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [error, enter]);

  return (
    <SpeechContext.Provider value={{ language, t, choose: setLanguage }}>
      <a class="skip" href="#content" onClick={skip}>
        {t('skip')}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        {inApp ? (
          <InApp />
        ) : room ? (
          <Visit room={room} onExpired={expired} />
        ) : error ? (
          <Refused error={error} onRetry={retry} />
        ) : (
          <p class="card loading" role="status">
            {t('loading')}
          </p>
        )}
      </main>
    </SpeechContext.Provider>
  );
}

/** Moves the focus without touching the address, whose fragment is the place of secrets. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Milliseconds until entering is worth another try; undefined when it is not. */
function retryAfter(error: Error): number | undefined {
  if (error instanceof Unreachable) return PASSING_RETRY_MS;
  if (!(error instanceof Problem)) return undefined;
  if (error.kind === 'not-open-yet') {
    const left = Date.parse(String(error.extra['opens_at'])) - Date.now();
    return Math.min(Math.max(left + 500, EARLY_LEAST_MS), EARLY_MOST_MS);
  }
  return error.status >= 500 ? PASSING_RETRY_MS : undefined;
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

interface VisitProps {
  readonly room: Room;
  readonly onExpired: (refused: Problem) => void;
}

/** Consent, device check, waiting room, call and end, in the order the state allows. */
function Visit({ room, onExpired }: VisitProps) {
  const { language, t } = useSpeech();
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
    if (step === 'checked' && !framed && !ended && !state.elsewhere) void media.open();
  }, [step, media, framed, ended, state.elsewhere]);
  useEffect(() => {
    if (state.refused?.status === 401) onExpired(state.refused);
  }, [state.refused, onExpired]);
  useEffect(() => {
    if (!ended) return;
    media.close();
    forgetSession();
  }, [ended, media]);

  if (ended) return <Ended state={state} />;
  if (state.refused) return <Refused error={state.refused} onRetry={() => location.reload()} />;
  if (state.elsewhere) {
    return (
      <Notice tone="calm" title={t('tabTitle')} body={t('tabBody')}>
        <button type="button" class="primary wide" onClick={() => room.start()}>
          {t('tabHere')}
        </button>
      </Notice>
    );
  }
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
    const body = t('leftBody', { time: timeOf(language, state.consult.closes_at) });
    return (
      <Notice tone="calm" title={t('leftTitle')} body={body}>
        <button type="button" class="primary wide" onClick={() => setLeft(false)}>
          {t('comeBack')}
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
