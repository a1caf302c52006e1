/** The kinds of entries of the chart: their fields, in the order in which a form asks for them. */
import type { KindName } from '../../data/chart/entries';
import type { Texts } from '../../language/parts';

type FieldName = keyof Texts['lists']['field'];
export type OptionName = keyof Texts['lists']['option'];

export type Field = {
  readonly name: FieldName;
  readonly required?: boolean;
  /** Where an entry has it, if it is part of something: `['reaction', 'text']`. Without its `text` there is none of it. */
  readonly within?: readonly [whole: string, part: string];
} & (
  | {
      readonly input:
        | 'line'
        | 'text'
        | 'date'
        | 'moment'
        | 'flag'
        | 'codes'
        | 'allergyCodes'
        | 'medicineCodes'
        | 'vaccine'
        | 'diagnoses'
        | 'consentForm'
        | 'sensitivity';
    }
  /** True or false, each with words of its own. */
  | { readonly input: 'either'; readonly set: OptionSet; readonly yes: string; readonly no: string }
  | { readonly input: 'number'; readonly max: number }
  /** Option labels are `lists.option.<set>-<value>`. */
  | { readonly input: 'choice'; readonly set: OptionSet; readonly options: readonly string[]; readonly initial: string }
);

type OptionSet =
  | 'verification'
  | 'problemStatus'
  | 'allergyType'
  | 'criticality'
  | 'medicationStatus'
  | 'immunizationStatus'
  | 'procedureStatus'
  | 'topic'
  | 'decision'
  | 'channel'
  | 'source'
  | 'outcome';

export interface Kind {
  readonly name: KindName;
  readonly fields: readonly Field[];
  /** Which field says that the entry was entered in error. */
  readonly voidBy: 'verification' | 'status' | 'decision';
  /** Whether it belongs to the past: shown apart. */
  readonly ended: (entry: Values) => boolean;
  /** What the list shows under the name. */
  readonly facts: readonly FieldName[];
}

/** An entry's fields by name, as forms and lists read them. */
export type Values = Readonly<Record<string, unknown>>;

export const ERROR = 'entered_in_error';

const text: Field = { name: 'text', input: 'line', required: true };
const comment: Field = { name: 'comment', input: 'text' };
const sensitivity: Field = { name: 'sensitivity', input: 'sensitivity' };
const codes: Field = { name: 'codes', input: 'codes' };
const endedOn: Field = { name: 'ended_on', input: 'date' };

function choice(name: FieldName, set: OptionSet, ...options: readonly string[]): Field {
  return { name, input: 'choice', set, options, initial: options[0] ?? '' };
}

const isVoid = (entry: Values) =>
  entry['verification'] === ERROR || entry['status'] === ERROR || entry['decision'] === ERROR;

const problems: Kind = {
  name: 'problems',
  fields: [
    { name: 'diagnoses', input: 'diagnoses' },
    text,
    choice('status', 'problemStatus', 'active', 'chronic', 'recurring', 'improved', 'resolved'),
    choice('verification', 'verification', 'unconfirmed', 'confirmed', 'refuted'),
    { name: 'onset_on', input: 'date' },
    endedOn,
    comment,
    sensitivity,
  ],
  voidBy: 'verification',
  ended: (entry) => isVoid(entry) || entry['status'] === 'resolved' || entry['verification'] === 'refuted',
  facts: ['diagnoses', 'status', 'verification', 'onset_on', 'ended_on'],
};

const allergies: Kind = {
  name: 'allergies',
  fields: [
    choice('type', 'allergyType', 'allergy', 'intolerance', 'none_known'),
    { name: 'codes', input: 'allergyCodes' },
    text,
    { name: 'reaction', input: 'line' },
    choice('criticality', 'criticality', 'unable_to_assess', 'low', 'high'),
    choice('verification', 'verification', 'unconfirmed', 'confirmed', 'refuted'),
    { name: 'onset_on', input: 'date' },
    endedOn,
    comment,
  ],
  voidBy: 'verification',
  ended: (entry) => isVoid(entry) || entry['verification'] === 'refuted' || entry['ended_on'] !== null,
  facts: ['type', 'reaction', 'criticality', 'verification', 'codes', 'onset_on', 'ended_on'],
};

const medications: Kind = {
  name: 'medications',
  fields: [
    { name: 'codes', input: 'medicineCodes' },
    text,
    { name: 'dose', input: 'line' },
    { name: 'route', input: 'line' },
    { name: 'frequency', input: 'line' },
    choice('status', 'medicationStatus', 'active', 'on_hold', 'stopped', 'completed'),
    { name: 'started_on', input: 'date' },
    endedOn,
    comment,
    sensitivity,
  ],
  voidBy: 'status',
  ended: (entry) => isVoid(entry) || entry['status'] === 'stopped' || entry['status'] === 'completed',
  facts: ['dose', 'route', 'frequency', 'status', 'codes', 'started_on', 'ended_on'],
};

const immunizations: Kind = {
  name: 'immunizations',
  fields: [
    { name: 'codes', input: 'vaccine' },
    text,
    { name: 'given_on', input: 'date', required: true },
    choice('status', 'immunizationStatus', 'completed', 'not_done'),
    { name: 'reason', input: 'line' },
    { name: 'primary_source', input: 'either', set: 'source', yes: 'here', no: 'card' },
    { name: 'dose_number', input: 'number', max: 20 },
    { name: 'lot', input: 'line' },
    { name: 'expires_on', input: 'date' },
    { name: 'manufacturer', input: 'line' },
    { name: 'route', input: 'line' },
    { name: 'body_site', input: 'line' },
    { name: 'performer', input: 'line' },
    { name: 'reaction_text', input: 'line', within: ['reaction', 'text'] },
    { name: 'reaction_began_on', input: 'date', within: ['reaction', 'began_on'] },
    { name: 'reaction_serious', input: 'flag', within: ['reaction', 'serious'] },
    {
      ...choice(
        'reaction_outcome',
        'outcome',
        'unknown',
        'recovered',
        'recovering',
        'not_recovered',
        'sequelae',
        'fatal',
      ),
      within: ['reaction', 'outcome'],
    },
    { name: 'reaction_reported_to', input: 'line', within: ['reaction', 'reported_to'] },
    comment,
    sensitivity,
  ],
  voidBy: 'status',
  ended: isVoid,
  facts: [
    'given_on',
    'status',
    'reason',
    'primary_source',
    'dose_number',
    'lot',
    'expires_on',
    'manufacturer',
    'route',
    'body_site',
    'performer',
    'reaction_text',
    'reaction_serious',
    'codes',
  ],
};

const procedures: Kind = {
  name: 'procedures',
  fields: [
    text,
    { name: 'performed_on', input: 'date', required: true },
    choice('status', 'procedureStatus', 'completed', 'not_done'),
    { name: 'performer', input: 'line' },
    { name: 'outcome', input: 'line' },
    codes,
    comment,
    sensitivity,
  ],
  voidBy: 'status',
  ended: isVoid,
  facts: ['performed_on', 'status', 'performer', 'outcome', 'codes'],
};

const family: Kind = {
  name: 'family-history',
  fields: [
    { name: 'relationship', input: 'line', required: true },
    text,
    { name: 'diagnoses', input: 'diagnoses' },
    { name: 'onset_age', input: 'number', max: 125 },
    { name: 'deceased', input: 'flag' },
    comment,
    sensitivity,
  ],
  voidBy: 'status',
  ended: isVoid,
  facts: ['relationship', 'diagnoses', 'onset_age', 'deceased'],
};

const social: Kind = {
  name: 'social-history',
  fields: [
    choice(
      'topic',
      'topic',
      'tobacco',
      'alcohol',
      'substances',
      'occupation',
      'housing',
      'diet',
      'activity',
      'support',
      'other',
    ),
    text,
    { name: 'since', input: 'date' },
    endedOn,
    comment,
    sensitivity,
  ],
  voidBy: 'status',
  ended: (entry) => isVoid(entry) || entry['ended_on'] !== null,
  facts: ['topic', 'since', 'ended_on'],
};

const consents: Kind = {
  name: 'consents',
  fields: [
    { name: 'form', input: 'consentForm', required: true },
    text,
    choice('decision', 'decision', 'permit', 'deny', 'withdrawn'),
    choice('channel', 'channel', 'in_person', 'paper', 'video', 'phone', 'link'),
    { name: 'given_at', input: 'moment', required: true },
    { name: 'given_by', input: 'line' },
    comment,
    sensitivity,
  ],
  voidBy: 'decision',
  ended: (entry) => isVoid(entry) || entry['decision'] === 'withdrawn',
  facts: ['decision', 'channel', 'given_at', 'given_by', 'form'],
};

export const KINDS = {
  problems,
  allergies,
  medications,
  immunizations,
  procedures,
  'family-history': family,
  'social-history': social,
  consents,
} as const satisfies Readonly<Record<KindName, Kind>>;

/** How an error-marking value of each kind is chosen, besides those that a form offers. */
export function isError(kind: Kind, entry: Values): boolean {
  return entry[kind.voidBy] === ERROR;
}
