import { translator, type Translate } from '../../locales/consent';
import { useSpeech } from '../base/context';

/** How consent is asked for, in the page's language. */
export function useConsentSpeech(): Translate {
  return translator(useSpeech().language);
}
