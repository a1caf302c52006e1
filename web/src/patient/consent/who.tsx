/** @jsxImportSource preact */
import type { Kinship } from '../../common/consult_types';
import type { Key } from '../../locales/consent';
import { NOBODY, type Person } from './deciding';
import { useConsentSpeech } from './speech';

const KINSHIPS: readonly (readonly [Kinship, Key])[] = [
  ['mother', 'mother'],
  ['father', 'father'],
  ['guardian', 'guardian'],
  ['spouse', 'spouse'],
  ['child', 'child'],
  ['other', 'otherKin'],
];

interface WhoProps {
  readonly patient: string;
  readonly majority: number;
  /** Who represents the patient; undefined while they decide for themselves. */
  readonly person: Person | undefined;
  readonly wrong: boolean;
  readonly onChange: (person: Person | undefined) => void;
}

/** Who decides: the patient, or somebody for them, who says who they are. */
export function Who({ patient, majority, person, wrong, onChange }: WhoProps) {
  const c = useConsentSpeech();
  return (
    <fieldset class="who">
      <legend>{c('who')}</legend>
      <label class="tick">
        <input type="radio" name="who" checked={person === undefined} onChange={() => onChange(undefined)} />
        <span>{c('me', { name: patient })}</span>
      </label>
      <label class="tick">
        <input type="radio" name="who" checked={person !== undefined} onChange={() => onChange(NOBODY)} />
        <span>{c('other', { name: patient })}</span>
      </label>
      <p class="soft">{c('majority', { years: majority })}</p>
      {person && <Details person={person} wrong={wrong} onChange={onChange} />}
    </fieldset>
  );
}

interface DetailsProps {
  readonly person: Person;
  readonly wrong: boolean;
  readonly onChange: (person: Person) => void;
}

function Details({ person, wrong, onChange }: DetailsProps) {
  const c = useConsentSpeech();
  return (
    <div class="fields">
      <label>
        {c('name')}
        <input
          value={person.name}
          maxLength={200}
          autocomplete="name"
          aria-invalid={wrong && person.name.trim() === ''}
          onInput={(event) => onChange({ ...person, name: event.currentTarget.value })}
        />
      </label>
      <label>
        {c('document')}
        <input
          value={person.document}
          maxLength={200}
          autocomplete="off"
          autocapitalize="characters"
          aria-invalid={wrong && person.document.trim() === ''}
          onInput={(event) => onChange({ ...person, document: event.currentTarget.value })}
        />
      </label>
      <label>
        {c('relation')}
        <select
          value={person.relation}
          aria-invalid={wrong && person.relation === ''}
          onChange={(event) => onChange({ ...person, relation: event.currentTarget.value as Kinship | '' })}
        >
          <option value="">{c('choose')}</option>
          {KINSHIPS.map(([kinship, label]) => (
            <option key={kinship} value={kinship}>
              {c(label)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
