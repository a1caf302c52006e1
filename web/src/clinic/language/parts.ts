/**
 * The clinic's own texts in parts that travel together: a page is opened with those that it shows
 * (`withTexts`), so nobody waits for words of pages that they may never see.
 *
 * `door`: signing in, and what may go wrong anywhere. `desk`: the frame around every page, and the
 * agenda. `office`: running the institution. `care`: all else.
 */
import type { desk } from '../../locales/clinic/desk.es';
import type { door } from '../../locales/clinic/door.es';
import type { es as care } from '../../locales/clinic/es';
import type { office } from '../../locales/clinic/office.es';
import type { Language } from './texts';

/** What each part holds, by the key that it begins with. */
export interface Parts {
  readonly door: typeof door;
  readonly desk: typeof desk;
  readonly care: typeof care;
  readonly office: typeof office;
}
export type Part = keyof Parts;
export type Texts = Parts['door'] & Parts['desk'] & Parts['care'] & Parts['office'];

export const PARTS: { readonly [P in Part]: Readonly<Record<Language, () => Promise<Parts[P]>>> } = {
  door: {
    es: async () => (await import('../../locales/clinic/door.es')).door,
    pt: async () => (await import('../../locales/clinic/door.pt')).door,
    en: async () => (await import('../../locales/clinic/door.en')).door,
  },
  desk: {
    es: async () => (await import('../../locales/clinic/desk.es')).desk,
    pt: async () => (await import('../../locales/clinic/desk.pt')).desk,
    en: async () => (await import('../../locales/clinic/desk.en')).desk,
  },
  care: {
    es: async () => (await import('../../locales/clinic/es')).es,
    pt: async () => (await import('../../locales/clinic/pt')).pt,
    en: async () => (await import('../../locales/clinic/en')).en,
  },
  office: {
    es: async () => (await import('../../locales/clinic/office.es')).office,
    pt: async () => (await import('../../locales/clinic/office.pt')).office,
    en: async () => (await import('../../locales/clinic/office.en')).office,
  },
};
