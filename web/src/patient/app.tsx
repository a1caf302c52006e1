/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { exchange, look } from '../common/consult_api';
import { Room } from '../common/consult_room';
import type { Clinic, Invitation, Session } from '../common/consult_types';
import { Problem, Unreachable } from '../common/problem';
import { serverNow } from '../common/server_time';
import {
  browserLanguage,
  fetchTexts,
  hasTexts,
  isLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  translator,
  wordsOf,
  type Language,
  type Words,
} from '../locales/patient';
import { ClinicContext, SpeechContext, useSpeech } from './base/context';
import { inAppBrowser } from './base/devices';
import { deviceMark, forgetSession, keepPassed, keepSession, keptSession, passed, takeSecret } from './base/storage';
import { Later } from './later';
import { Early } from './screens/early';
import { Outcome, Refused } from './screens/ended';
import { InApp } from './screens/in_app';
import { fetchAsk, Welcome } from './screens/welcome';
import { Visit } from './visit';

/** What may pass by itself is tried again without being asked. */
const PASSING_RETRY_MS = 4000;
/** Early: asked at the time, and now and then before, since it may have been moved. */
const EARLY_LEAST_MS = 2000;
const EARLY_MOST_MS = 60_000;
/** A session that is refused sooner than this was not merely too old. */
const YOUNG_MS = 30_000;

const desk = () => import('./practitioner').then(({ Desk }) => Desk);
const door = () => import('./practitioner').then(({ Door }) => Door);
const shut = () => import('./practitioner').then(({ Shut }) => Shut);

export function App() {
  const [wanted, setLanguage] = useState<Language>(browserLanguage);
  const spoken = useSpoken(wanted);
  const language = spoken ?? wanted;
  const [inApp] = useState(() => inAppBrowser());
  const way = useWayIn(inApp, setLanguage);
  const [over, setOver] = useState<Words>({});
  const country = way.clinic?.country;
  const t = useMemo(() => translator(language, over), [language, over]);
  useEffect(() => void wordsOf(country).then(setOver, () => undefined), [country]); // without, the language's stand
  useEffect(() => {
    if (!spoken) return;
    document.documentElement.lang = spoken;
    document.title = `${t('title')} · Telesalud`;
  }, [spoken, t]);
  return (
    <SpeechContext.Provider value={{ language, t, choose: way.choose }}>
      <ClinicContext.Provider value={way.clinic}>
        <a class="skip" href="#content" onClick={skip}>
          {t('skip')}
        </a>
        <Header />
        <main id="content" tabIndex={-1}>
          {spoken && (inApp ? <InApp /> : <Inside way={way} />)}
        </main>
      </ClinicContext.Provider>
    </SpeechContext.Provider>
  );
}

/** The language whose texts are here: that wanted, or the one before it until then. */
function useSpoken(wanted: Language): Language | undefined {
  const [spoken, setSpoken] = useState(hasTexts(wanted) ? wanted : undefined);
  useEffect(() => {
    let other = false;
    fetchTexts(wanted).then(
      () => other || setSpoken(wanted),
      () => other || setSpoken((before) => before ?? 'es'), // better another language than nothing
    );
    return () => {
      other = true;
    };
  }, [wanted]);
  return spoken;
}

/** The place that the link leads to now: before, at the door, inside, or why not. */
function Inside({ way }: { readonly way: WayIn }) {
  const { t } = useSpeech();
  const { room, error, invitation } = way;
  if (room && way.role === 'practitioner')
    return <Later key="desk" load={desk} with={{ room, onExpired: way.expired }} />;
  if (room) return <Visit room={room} onExpired={way.expired} />;
  if (error) return <Refused error={error} onRetry={way.retry} />;
  if (!invitation) {
    return (
      <p class="card loading" role="status">
        {t('loading')}
      </p>
    );
  }
  const { consult, window: open } = invitation;
  if (open === 'early') return <Early consult={consult} />;
  if (open === 'over' && invitation.role === 'practitioner') return <Later key="shut" load={shut} with={{}} />;
  if (open === 'over') return <Outcome status={consult.status} />;
  if (invitation.role === 'practitioner')
    return <Later key="door" load={door} with={{ consult, onEnter: way.enter }} />;
  return <Welcome invitation={invitation} onEnter={way.enter} onChanged={way.retry} />;
}

interface WayIn {
  readonly room: Room | undefined;
  readonly role: Session['role'] | undefined;
  readonly invitation: Invitation | undefined;
  readonly error: Error | undefined;
  readonly clinic: Clinic | undefined;
  /** The link is taken by this browser: pressed by its holder, never by opening the page. */
  readonly enter: () => Promise<void>;
  readonly retry: () => void;
  /** The reader's own choice of a language: what they are asked comes in it as well. */
  readonly choose: (language: Language) => void;
  readonly expired: (refused: Problem) => void;
}

/** Opening the page looks at the link; a press of its holder, now or before a reload, exchanges it. */
function useWayIn(inApp: boolean, speak: (language: Language) => void): WayIn {
  const chosen = useRef<Language>();
  const [secret] = useState(() => (inApp ? undefined : takeSecret()));
  const [room, setRoom] = useState<Room>();
  const [role, setRole] = useState<Session['role']>();
  const [invitation, setInvitation] = useState<Invitation>();
  const [error, setError] = useState<Error>();
  const [clinic, setClinic] = useState<Clinic>();
  const entered = useRef<number>();

  const come = useCallback(
    (session: Session) => {
      if (isLanguage(session.consult.language) && !chosen.current) speak(session.consult.language);
      setClinic(session.clinic ?? undefined);
      setRole(session.role);
      setRoom(new Room(session, keepSession));
      setError(undefined);
    },
    [speak],
  );
  const enter = useCallback(async () => {
    try {
      if (secret === undefined) throw new Problem(404, { type: 'not-found' });
      const session = await exchange(secret, deviceMark());
      entered.current = performance.now();
      if (passed(session.consult.id) === undefined) keepPassed(session.consult.id, 'consented');
      come(session);
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)));
    }
  }, [secret, come]);
  const begin = useCallback(async () => {
    const kept = keptSession();
    if (kept) {
      come(kept);
      return;
    }
    try {
      if (secret === undefined) throw new Problem(404, { type: 'not-found' });
      const seen = await look(secret, deviceMark(), chosen.current);
      if (isLanguage(seen.consult.language) && !chosen.current) speak(seen.consult.language);
      setClinic(seen.clinic ?? undefined);
      setInvitation(seen);
      setError(undefined);
      const agreed = seen.consent === null || seen.consult.consent === 'accepted';
      if (seen.window === 'open' && agreed && passed(seen.consult.id) !== undefined) await enter();
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)));
    }
  }, [secret, come, enter, speak]);
  const retry = useCallback(() => {
    setError(undefined);
    void begin();
  }, [begin]);
  const choose = useCallback(
    (language: Language) => {
      chosen.current = language;
      speak(language);
      if (!room && invitation?.consent) void begin();
    },
    [speak, room, invitation, begin],
  );
  /** The session grew too old, such as during a long phone call: the link gives another one. */
  const expired = useCallback(
    (refused: Problem) => {
      forgetSession();
      setRoom(undefined);
      const young = entered.current !== undefined && performance.now() - entered.current < YOUNG_MS;
      if (young) setError(refused);
      else retry();
    },
    [retry],
  );
  useEffect(() => {
    if (!inApp) void begin();
    if (!inApp && !keptSession()) fetchAsk();
    const another = () => location.reload(); // another link was opened in this tab
    addEventListener('hashchange', another);
    return () => removeEventListener('hashchange', another);
  }, [begin, inApp]);
  const wait = room ? undefined : retryAfter(error, invitation);
  useEffect(() => {
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => void begin(), wait);
    const seen = () => document.visibilityState === 'visible' && void begin();
    document.addEventListener('visibilitychange', seen); // a hidden page's timers may stand still
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [wait, error, invitation, begin]);
  return { room, role, invitation, error, clinic, enter, retry, choose, expired };
}

/** Milliseconds until another look is worth while; undefined when it is not. */
function retryAfter(error: Error | undefined, invitation: Invitation | undefined): number | undefined {
  if (error instanceof Unreachable) return PASSING_RETRY_MS;
  if (error instanceof Problem) {
    if (error.kind === 'not-open-yet') return EARLY_LEAST_MS;
    return error.status >= 500 ? PASSING_RETRY_MS : undefined;
  }
  if (error || invitation?.window !== 'early') return undefined;
  const left = Date.parse(invitation.consult.opens_at) - serverNow();
  return Math.min(Math.max(left + 500, EARLY_LEAST_MS), EARLY_MOST_MS);
}

/** Moves the focus without touching the address, whose fragment is the place of secrets. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
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
