/**
 * Unsaved text of notes, on this computer until the server has it. It survives a closed tab, not a
 * sign-out: signing out erases all of it, and what is older than half a day goes by itself. Another
 * user of the same browser never gets to see it.
 *
 * The text is sealed with a key that scripts can use but not read. That keeps it out of plain
 * files and backups; it does not protect from somebody who controls this browser, which is why a
 * draft lives only as long as it has to.
 */
import { clear, createStore, delMany, entries, get, keys, set, type UseStore } from 'idb-keyval';
import type { Draft, Drafts } from './autosave';

const OLDEST_MS = 12 * 60 * 60 * 1000;
const NEW = 'new';

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
  readonly at: number;
}

let opened: UseStore | undefined;
/** Rises when everything is erased: what an editor still holds then is kept no more. */
let era = 0;

function store(): UseStore {
  opened ??= createStore('telesalud-drafts', 'drafts');
  return opened;
}

const keyName = (user: string) => `key ${user}`;
const draftName = (user: string, encounter: string, slot: string) => `draft ${user} ${encounter} ${slot}`;

async function keyOf(user: string): Promise<CryptoKey> {
  const known = await get<CryptoKey>(keyName(user), store());
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await set(keyName(user), made, store());
  return made;
}

async function seal(user: string, draft: Draft): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(draft));
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(user), text), at: draft.at };
}

async function unseal(user: string, sealed: Sealed): Promise<Draft> {
  const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await keyOf(user), sealed.data);
  return JSON.parse(new TextDecoder().decode(text)) as Draft;
}

/** A user's drafts of an encounter by note; `new` is of a note that the server does not know yet. */
export async function draftsOf(user: string, encounter: string): Promise<ReadonlyMap<string, Draft>> {
  const prefix = draftName(user, encounter, '');
  await forgetOld();
  const mine = (await entries<string, Sealed>(store())).filter(([name]) => name.startsWith(prefix));
  const drafts = await Promise.all(mine.map(([, sealed]) => unseal(user, sealed)));
  return new Map(drafts.map((draft) => [draft.base?.note ?? NEW, draft]));
}

/** Whether a user would lose unsaved text by signing out. */
export async function hasDrafts(user: string): Promise<boolean> {
  try {
    return (await keys<string>(store())).some((name) => name.startsWith(`draft ${user} `));
  } catch (error) {
    return unkept(error);
  }
}

/** Erase all drafts and keys, of whomever. */
export async function forgetDrafts(): Promise<void> {
  era += 1;
  await clear(store()).catch(unkept);
}

/** False for what a browser throws that keeps nothing (private mode, full disk); else the error. */
function unkept(error: unknown): false {
  if (error instanceof DOMException) return false;
  throw error;
}

async function forgetOld(now: number = Date.now()): Promise<void> {
  const old = (await entries<string, Partial<Sealed>>(store())).filter(
    ([, { at }]) => at !== undefined && at < now - OLDEST_MS,
  );
  await delMany(
    old.map(([name]) => name),
    store(),
  );
}

/**
 * Keeps the draft of one note, `undefined` while the server does not know it. Of writes that follow
 * each other quickly only the last is made.
 */
export function draftsIn(user: string, encounter: string, note: string | undefined): Drafts {
  const begun = era;
  let latest: Draft | null = null;
  let slots: readonly string[] = [note ?? NEW];
  let working: Promise<boolean> | undefined;

  const work = async (): Promise<boolean> => {
    try {
      for (;;) {
        const draft = latest;
        const slot = draft && (draft.base?.note ?? NEW);
        const left = slots.filter((known) => known !== slot).map((known) => draftName(user, encounter, known));
        if (left.length > 0) await delMany(left, store());
        slots = slot === null ? [] : [slot];
        if (draft && slot !== null) await set(draftName(user, encounter, slot), await seal(user, draft), store());
        if (latest === draft) return true;
      }
    } catch (error) {
      return unkept(error);
    } finally {
      working = undefined;
    }
  };
  const next = (draft: Draft | null): Promise<boolean> => {
    if (begun !== era) return Promise.resolve(false);
    latest = draft;
    working ??= work();
    return working;
  };
  return {
    keep: next,
    drop: () => void next(null),
  };
}
