/** What every screen needs: the language and how to speak it, and the clinic to turn to. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Clinic } from '../../common/consult_types';
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

export const ClinicContext = createContext<Clinic | undefined>(undefined);

export function useClinic(): Clinic | undefined {
  return useContext(ClinicContext);
}
