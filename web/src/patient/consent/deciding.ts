/** What a patient, or who represents them, decides about the text that they were shown. */
import { call, type ConsultApi } from '../../common/consult_api';
import type { BoxCode, ConsentRecord, ConsentRecords, ConsentText, Kinship } from '../../common/consult_types';
import { deviceMark, heldSecret } from '../base/storage';

export interface Person {
  readonly name: string;
  readonly document: string;
  readonly relation: Kinship | '';
}

export const NOBODY: Person = { name: '', document: '', relation: '' };

export function isNamed(person: Person): boolean {
  return person.name.trim() !== '' && person.document.trim() !== '' && person.relation !== '';
}

/** Accept (with boxes) or refuse (undefined), as the holder of this tab's link. Throws Problem, Unreachable. */
export async function decide(
  text: ConsentText,
  boxes: readonly BoxCode[] | undefined,
  person: Person | undefined,
): Promise<ConsentRecord> {
  return (await call('POST', '/links/consent', undefined, {
    secret: heldSecret(),
    device: deviceMark(),
    language: text.language,
    text: text.sha256,
    decision: boxes ? 'accepted' : 'refused',
    boxes: boxes ?? [],
    representative: person ?? null,
  })) as ConsentRecord;
}

/** Take back what was accepted in this consult; what was decided last, where that is nothing accepted. */
export async function withdraw(api: ConsultApi): Promise<ConsentRecord | undefined> {
  const { items } = (await api.get('/consents')) as ConsentRecords;
  const last = items.at(-1);
  if (last?.decision !== 'accepted') return last;
  return (await api.post('/consents', {
    language: last.text.language,
    text: last.text.sha256,
    decision: 'withdrawn',
    boxes: [],
    representative: last.representative,
  })) as ConsentRecord;
}

/** How a practitioner is told. */
export type Way = 'video' | 'phone' | 'in_person';

/** What the patient of a consult is shown, to be read out to them. */
export async function readText(api: ConsultApi): Promise<ConsentText> {
  return (await api.get('/consent-text')) as ConsentText;
}

/** Record what the practitioner was told: accepted (with boxes) or refused (undefined). */
export async function tell(
  api: ConsultApi,
  text: ConsentText,
  boxes: readonly BoxCode[] | undefined,
  person: Person | undefined,
  channel: Way,
): Promise<void> {
  await api.post('/consents', {
    language: text.language,
    text: text.sha256,
    decision: boxes ? 'accepted' : 'refused',
    boxes: boxes ?? [],
    representative: person ?? null,
    channel,
  });
}
