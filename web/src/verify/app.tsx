/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Problem, read, Unreachable } from '../common/problem';
import { browserLanguage, LANGUAGE_NAMES, LANGUAGES, translator, type Key, type Language } from '../locales/verify';
import { grouped, normal, takeCode } from './code';
import { Found, type Verification } from './found';

/** Asks for a code, or takes the one that the QR square carried, and shows what it stands for. */
export function App({ printed }: { readonly printed: string }) {
  const [language, setLanguage] = useState<Language>(browserLanguage);
  const [typed, setTyped] = useState(printed);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Key>();
  const [found, setFound] = useState<Verification>();
  const t = useMemo(() => translator(language), [language]);

  const check = useCallback(async (text: string) => {
    const code = normal(text);
    setFound(undefined);
    setFault(code === undefined ? 'notACode' : undefined);
    if (code === undefined) return;
    setTyped(grouped(code));
    setBusy(true);
    try {
      setFound(await verify(code));
    } catch (error) {
      setFault(faultOf(error));
    } finally {
      setBusy(false);
    }
  }, []);
  useEffect(() => {
    if (printed !== '') void check(printed);
    // Another QR square, opened in the same tab, changes nothing but the fragment.
    const again = () => {
      const code = takeCode();
      if (code !== '') void check(code);
    };
    window.addEventListener('hashchange', again);
    return () => window.removeEventListener('hashchange', again);
  }, [printed, check]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t('title')} · Telesalud`;
  }, [language, t]);

  return (
    <>
      <header>
        <img src="/mark.svg" alt="" width="32" height="32" />
        <span class="brand">Telesalud</span>
        <label>
          <span class="hidden">{t('language')}</span>
          <select value={language} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
            {LANGUAGES.map((each) => (
              <option key={each} value={each} lang={each}>
                {LANGUAGE_NAMES[each]}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main class="stack">
        <h1>{t('title')}</h1>
        <div aria-live="polite" class="stack">
          {busy && <p class="card">{t('checking')}</p>}
          {found && <Found found={found} language={language} t={t} />}
          {fault === 'unknown' && (
            <section class="card paper" data-valid="no">
              <h2>{t('unknown')}</h2>
              <p>{t('unknownHelp')}</p>
            </section>
          )}
        </div>
        <form
          class="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            void check(typed);
          }}
        >
          <p>{found ? t('another') : t('intro')}</p>
          <label class="field">
            <span>{t('code')}</span>
            <input
              name="code"
              class="code"
              value={typed}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              aria-describedby="hint fault"
              aria-invalid={fault !== undefined && fault !== 'unknown'}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          <p class="small soft" id="hint">
            {t('codeHint')}
          </p>
          <p class="error" id="fault" role="alert">
            {fault && fault !== 'unknown' ? t(fault) : ''}
          </p>
          <button class="primary" disabled={busy}>
            {t('check')}
          </button>
        </form>
        <p class="small soft">{t('privacy')}</p>
      </main>
    </>
  );
}

async function verify(code: string): Promise<Verification> {
  let answer: Response;
  try {
    answer = await fetch(`/api/orders/verify/${code}`, { credentials: 'omit' });
  } catch {
    throw new Unreachable();
  }
  return (await read(answer)) as Verification;
}

function faultOf(error: unknown): Key {
  if (error instanceof Unreachable) return 'unreachable';
  const status = error instanceof Problem ? error.status : 0;
  return status === 404 ? 'unknown' : status === 429 ? 'tooMany' : 'failed';
}
