import { translator, type Translate } from '../../locales/practitioner';
import { useSpeech } from '../base/context';

/** How to speak to a practitioner, in the page's language. */
export function useDeskSpeech(): Translate {
  return translator(useSpeech().language);
}
