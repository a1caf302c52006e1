/**
 * Runs while the application itself is still on its way, and starts what it will wait for: the
 * texts, the session, and the page that the address names. On a slow link each would otherwise
 * cost a round trip of its own, one after the other.
 */
import { isSignedIn, whoseSession } from './data/session/restoring';
import { PARTS, type Part } from './language/parts';
import { firstLanguage } from './language/texts';

/** What fails here fails again, and is told, where it is used. */
const later = () => undefined;

const texts = (part: Part) => PARTS[part][firstLanguage()]().catch(later);

const PAGES: readonly (readonly [RegExp, () => Promise<unknown>])[] = [
  [/^\/(agenda)?$/, () => import('./agenda/page')],
  [/^\/patients\/[0-9a-f-]{36}/, () => Promise.all([import('./chart/page'), texts('care')])],
];

void texts('door');
if (isSignedIn()) {
  void texts('desk');
  whoseSession().catch(later);
  import('./shell/routes').catch(later);
  PAGES.find(([path]) => path.test(location.pathname))?.[1]().catch(later);
}
