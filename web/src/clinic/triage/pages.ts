/** The triage inbox, fetched with its own texts: most people never open it. */
import { openArea } from '../language/i18n';

export async function opened() {
  const [pages] = await Promise.all([import('./inbox'), openArea('triage')]);
  return pages.InboxPage;
}

export async function openedRequest() {
  const [pages] = await Promise.all([import('./request'), openArea('triage')]);
  return pages.RequestPage;
}
