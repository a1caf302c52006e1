/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { BoxCode, ConsentText } from '../../common/consult_types';
import { Problem } from '../../common/problem';
import { useSpeech } from '../base/context';
import { ClinicCard } from '../screens/clinic';
import { faultOf } from '../screens/faults';
import { Notice } from '../screens/notice';
import { decide, isNamed, type Person } from './deciding';
import { useConsentSpeech } from './speech';
import { Who } from './who';
import { Boxes, isComplete, Words } from './words';
import './consent.css';

export interface AskProps {
  /** Who meets whom and when: above the text. */
  readonly head: ComponentChildren;
  readonly text: ConsentText;
  readonly patient: string;
  /** It was accepted, and that is recorded. */
  readonly onAccepted: () => Promise<void>;
  /** The words are others by now. */
  readonly onChanged: () => void;
}

type Step = 'asked' | 'refusing' | 'refused';

/** The text with its boxes, who decides, and a way to say no. */
export function Ask({ head, text, patient, onAccepted, onChanged }: AskProps) {
  const { t } = useSpeech();
  const c = useConsentSpeech();
  const [step, setStep] = useState<Step>('asked');
  const [ticked, setTicked] = useState<ReadonlySet<BoxCode>>(new Set());
  const [person, setPerson] = useState<Person>();
  const [missing, setMissing] = useState(false);
  const [changed, setChanged] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const complete = isComplete(text, ticked);
  const named = person === undefined || isNamed(person);

  const say = async (boxes: readonly BoxCode[] | undefined, then: () => unknown) => {
    setBusy(true);
    setFault(undefined);
    try {
      await decide(text, boxes, named ? person : undefined);
      await then();
    } catch (caught) {
      if (caught instanceof Problem && caught.kind === 'consent-text-changed') {
        setChanged(true);
        setTicked(new Set());
        setStep('asked');
        onChanged();
      } else setFault(caught);
    }
    setBusy(false);
  };
  const accept = () => {
    setMissing(!complete || !named);
    if (complete && named) void say([...ticked], onAccepted);
  };
  const error =
    fault === undefined
      ? missing && (!complete || !named) && c(named ? 'missingBoxes' : 'missingPerson')
      : t(faultOf(fault));

  if (step === 'refusing') {
    return (
      <Refusing
        text={text}
        busy={busy}
        error={fault === undefined ? '' : t(faultOf(fault))}
        onBack={() => setStep('asked')}
        onSure={() => void say(undefined, () => setStep('refused'))}
      />
    );
  }
  if (step === 'refused') {
    return (
      <Notice tone="stop" title={c('refusedTitle')} body={text.refusal}>
        <ClinicCard />
        <button type="button" class="quiet" onClick={() => setStep('asked')}>
          {c('change')}
        </button>
      </Notice>
    );
  }
  return (
    <section class="card">
      {head}
      {changed && (
        <p class="panel warn" role="alert">
          {c('changed')}
        </p>
      )}
      <Words text={text} />
      <Who patient={patient} majority={text.majority} person={person} wrong={missing && !named} onChange={setPerson} />
      <Boxes text={text} ticked={ticked} wrong={missing} onChange={setTicked} />
      <p class="error" role="alert">
        {error}
      </p>
      <div class="consent-end">
        <button type="button" class="primary" disabled={busy} onClick={accept}>
          {c('accept')}
        </button>
        <button type="button" class="quiet" disabled={busy} onClick={() => setStep('refusing')}>
          {c('refuse')}
        </button>
      </div>
    </section>
  );
}

interface RefusingProps {
  readonly text: ConsentText;
  readonly busy: boolean;
  readonly error: string;
  readonly onBack: () => void;
  readonly onSure: () => void;
}

/** What a refusal means, before it is one. */
function Refusing({ text, busy, error, onBack, onSure }: RefusingProps) {
  const c = useConsentSpeech();
  return (
    <Notice tone="calm" title={c('refuseTitle')} body={text.refusal} key="refusing">
      <p class="error" role="alert">
        {error}
      </p>
      <div class="consent-end">
        <button type="button" class="danger" disabled={busy} onClick={onSure}>
          {c('refuseSure')}
        </button>
        <button type="button" class="quiet" onClick={onBack}>
          {c('back')}
        </button>
      </div>
    </Notice>
  );
}
