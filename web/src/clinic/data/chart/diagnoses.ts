/** Finding ICD-11 codes: by words and codes, and what is to be said of a typed code or cluster. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { components } from '../../../api/patients';
import { Problem } from '../../../common/problem';
import type { Language } from '../../language/i18n';
import { patients, unwrap } from '../server/client';
import type { Diagnosis } from './entries';

type Schemas = components['schemas'];

const SHORTEST = 2;
const LIMIT = 20;
/** Codes of ICD-11 MMS, joined to a cluster by `&` (extension) and `/` (another stem). */
const CODES = /^[0-9A-Z]{4}[0-9A-Z]?(\.[0-9A-Z]{1,2})?([&/][0-9A-Z]{4}[0-9A-Z]?(\.[0-9A-Z]{1,2})?)*$/;

/** The typed text as a code or cluster, if it can be one: at least one digit, so that words are none. */
function asCode(text: string): string | null {
  const typed = text.trim().toUpperCase().replaceAll(' ', '');
  return CODES.test(typed) && /\d/.test(typed) ? typed : null;
}

function hasNoRelease(error: unknown): boolean {
  return error instanceof Problem && error.kind === 'no-terminology';
}

const retry = (count: number, error: Error) =>
  !hasNoRelease(error) && !(error instanceof Problem && error.status < 500) && count < 2;

export interface Found {
  /** What can be chosen, best first. */
  readonly options: readonly Diagnosis[];
  readonly languages: ReadonlyMap<string, string>;
  readonly attribution: string;
  /** What was searched instead of a mistyped text. */
  readonly searched: string | null;
  readonly searching: boolean;
  /** No release is installed: a typed code is kept unverified. */
  readonly noRelease: boolean;
  readonly error: unknown;
}

export function useDiagnoses(text: string, language: Language): Found {
  const typed = text.trim();
  const code = asCode(typed);
  const words = useQuery({
    queryKey: ['cie11', language, typed],
    enabled: typed.length >= SHORTEST,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry,
    queryFn: () =>
      unwrap(
        patients.GET('/patients/terminology/cie11', { params: { query: { text: typed, language, limit: LIMIT } } }),
      ),
  });
  const cluster = useQuery({
    queryKey: ['cie11-cluster', language, code],
    enabled: code !== null,
    staleTime: Infinity,
    retry,
    queryFn: () =>
      unwrap(
        patients.GET('/patients/terminology/cie11-cluster', { params: { query: { code: code ?? '', language } } }),
      ),
  });
  const noRelease = hasNoRelease(words.error);
  const items = typed.length >= SHORTEST && !noRelease ? (words.data?.items ?? []) : [];
  const found = items.map(diagnosisOf);
  const checked = code === null ? [] : typedCode(code, cluster.data, noRelease);
  return {
    options: [...checked.filter((one) => !found.some(({ code: known }) => known === one.code)), ...found],
    languages: new Map(items.filter((one) => one.language !== language).map((one) => [one.code, one.language])),
    attribution: words.data ? `${words.data.attribution} (${words.data.release})` : '',
    searched: words.data?.searched ?? null,
    searching: words.isFetching || cluster.isFetching,
    noRelease,
    error: words.isError && !noRelease ? words.error : undefined,
  };
}

function diagnosisOf(entry: Schemas['TerminologyEntry']): Diagnosis {
  const { code, title, entity_uri: uri, status } = entry;
  return { code, entity_uris: [uri], icd10: null, codes: [{ code, title, entity_uri: uri, status, warning: null }] };
}

/** A typed code with what the release says of it; without a release, as it is. */
function typedCode(
  code: string,
  checked: Schemas['ClusterResult'] | undefined,
  noRelease: boolean,
): readonly Diagnosis[] {
  if (checked) return [{ code: checked.code, entity_uris: [], icd10: null, codes: checked.codes }];
  if (!noRelease) return [];
  const codes = code
    .split(/[&/]/)
    .map((one) => ({ code: one, title: null, entity_uri: '', status: 'unchecked', warning: 'unchecked' }));
  return [{ code, entity_uris: [], icd10: null, codes }];
}

/** Two codes as a cluster: extension codes begin with X and are joined by `&`, stems by `/`. */
export function combined(stem: Diagnosis, more: Diagnosis): Diagnosis {
  const joint = more.code.startsWith('X') ? '&' : '/';
  return { ...stem, code: `${stem.code}${joint}${more.code}`, entity_uris: [], codes: [...stem.codes, ...more.codes] };
}
