/** One box finds patients by name, document, record number or birth date. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { components } from '../../api/patients';
import { usualDocument } from '../language/identity_documents';
import { patients, unwrap } from './server/client';

export type PatientSummary = components['schemas']['PatientSummary'];
/** What tells one person from another at a glance. */
export type ShownPatient = Pick<
  PatientSummary,
  | 'id'
  | 'display_name'
  | 'birth_date'
  | 'birth_date_estimated'
  | 'birth_date_precision'
  | 'sex'
  | 'record_number'
  | 'documents'
  | 'deceased'
  | 'deceased_on'
>;

const DATE = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const RECORD_NUMBER = /^[A-Za-z]{0,4}-?\d{5,}-?[0-9A-Za-z]?$/;

/** What the typed text asks for. `ways` are tried together, because digits may be either number. */
function interpret(text: string): readonly SearchParams[] {
  const typed = text.trim();
  const date = DATE.exec(typed);
  if (date) {
    const [, day = '', month = '', year = ''] = date;
    return [{ birth_date: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` }];
  }
  if (/\d/.test(typed) && RECORD_NUMBER.test(typed)) {
    const own = usualDocument();
    const document = own && { document_country: own.country, document_type: own.type, document_number: typed };
    return [{ record_number: typed }, ...(document ? [document] : [])];
  }
  return typed.length >= 2 ? [{ name: typed }] : [];
}

export interface SearchParams {
  readonly name?: string;
  readonly birth_date?: string;
  readonly record_number?: string;
  readonly document_country?: string;
  readonly document_type?: string;
  readonly document_number?: string;
}

async function searchPatients(params: SearchParams): Promise<readonly PatientSummary[]> {
  const query = { ...params, limit: 10 };
  return (await unwrap(patients.GET('/patients', { params: { query } }))).items;
}

export function usePatientSearch(text: string) {
  const ways = interpret(text);
  return useQuery({
    queryKey: ['patients', 'search', ways],
    enabled: ways.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const found = await Promise.all(ways.map(searchPatients));
      return [...new Map(found.flat().map((p) => [p.id, p])).values()];
    },
  });
}

/** Demographics as they are shown: by the name that the patient goes by. */
export function shownOf({ name, ...rest }: components['schemas']['Patient']): ShownPatient {
  const names = [name.social_name ?? name.given, name.middle, name.family, name.second_family];
  return { ...rest, display_name: names.filter(Boolean).join(' '), deceased: rest.deceased_on !== null };
}
