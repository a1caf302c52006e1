/** What every screen needs: the language and how to speak it. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { browserLanguage, translator, type Language, type Translate } from '../../locales/patient';

export interface Speech {
  readonly language: Language;
  readonly t: Translate;
  readonly choose: (language: Language) => void;
}

const initial = browserLanguage();

export const SpeechContext = createContext<Speech>({
  language: initial,
  t: translator(initial),
  choose: () => undefined,
});

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
