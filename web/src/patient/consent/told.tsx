/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Room } from '../../common/consult_room';
import type { BoxCode, ConsentText, SessionConsult } from '../../common/consult_types';
import type { Key } from '../../locales/consent';
import { useSpeech } from '../base/context';
import { faultOf } from '../screens/faults';
import { isNamed, readText, tell, type Person, type Way } from './deciding';
import { useConsentSpeech } from './speech';
import { Who } from './who';
import { Boxes, isComplete, Words } from './words';
import './consent.css';

interface ToldProps {
  readonly room: Room;
  readonly consult: SessionConsult;
}

const SAYS: Readonly<Record<'accepted' | 'refused' | 'withdrawn' | 'none', Key>> = {
  accepted: 'saysAccepted',
  refused: 'saysRefused',
  withdrawn: 'saysWithdrawn',
  none: 'saysNone',
};

/** For the practitioner behind a link: what the patient decided, and recording what they are told. */
export function Told({ room, consult }: ToldProps) {
  const c = useConsentSpeech();
  const [text, setText] = useState<ConsentText>();
  const [fault, setFault] = useState<unknown>();
  const { t } = useSpeech();
  const decided = consult.consent ?? 'none';
  const open = () => void readText(room.api).then(setText, setFault);
  if (text) return <Telling room={room} text={text} onDone={() => setText(undefined)} />;
  if (decided === 'accepted') return <p class="soft">{c('saysAccepted')}</p>;
  return (
    <div class="panel warn" role="status">
      <p>{c(SAYS[decided])}</p>
      <p class="error" role="alert">
        {fault === undefined ? '' : t(faultOf(fault))}
      </p>
      <button type="button" class="quiet" onClick={open}>
        {c('tell')}
      </button>
    </div>
  );
}

const WAYS: readonly (readonly [Way, Key])[] = [
  ['video', 'byVideo'],
  ['phone', 'byPhone'],
  ['in_person', 'byPerson'],
];

interface TellingProps {
  readonly room: Room;
  readonly text: ConsentText;
  readonly onDone: () => void;
}

function Telling({ room, text, onDone }: TellingProps) {
  const { t } = useSpeech();
  const c = useConsentSpeech();
  const [ticked, setTicked] = useState<ReadonlySet<BoxCode>>(new Set());
  const [person, setPerson] = useState<Person>();
  const [way, setWay] = useState<Way>('video');
  const [missing, setMissing] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const [sent, setSent] = useState(false);
  const complete = isComplete(text, ticked);
  const named = person === undefined || isNamed(person);
  useEffect(() => {
    if (sent) onDone();
  }, [sent, onDone]);
  const say = (boxes: readonly BoxCode[] | undefined) => {
    setMissing(boxes !== undefined && !(complete && named));
    if (boxes !== undefined && !(complete && named)) return;
    tell(room.api, text, boxes, named ? person : undefined, way).then(() => setSent(true), setFault);
  };
  const error = missing && !(complete && named) ? c(named ? 'missingBoxes' : 'missingPerson') : '';
  return (
    <section class="card">
      <Words text={text} />
      <Who
        patient={room.other().display_name}
        majority={text.majority}
        person={person}
        wrong={missing && !named}
        onChange={setPerson}
      />
      <Boxes text={text} ticked={ticked} wrong={missing} onChange={setTicked} />
      <div class="fields">
        <label>
          {c('toldBy')}
          <select value={way} onChange={(event) => setWay(event.currentTarget.value as Way)}>
            {WAYS.map(([value, label]) => (
              <option key={value} value={value}>
                {c(label)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="error" role="alert">
        {fault === undefined ? error : t(faultOf(fault))}
      </p>
      <div class="consent-end">
        <button type="button" class="primary" onClick={() => say([...ticked])}>
          {c('toldAccepted')}
        </button>
        <button type="button" class="quiet" onClick={() => say(undefined)}>
          {c('toldRefused')}
        </button>
        <button type="button" class="link" onClick={onDone}>
          {c('cancel')}
        </button>
      </div>
    </section>
  );
}
