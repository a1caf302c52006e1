/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SessionConsult } from '../../common/consult_types';
import { dayAndTimeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { ClinicCard } from '../screens/clinic';
import { Heading } from '../screens/notice';
import { useDeskSpeech } from './speech';

interface DoorProps {
  readonly consult: SessionConsult;
  readonly onEnter: () => Promise<void>;
}

/** Whom the practitioner meets and when; the link is theirs once they press. */
export function Door({ consult, onEnter }: DoorProps) {
  const { language } = useSpeech();
  const d = useDeskSpeech();
  const [entering, setEntering] = useState(false);
  const patient = consult.participants.find((p) => p.role === 'patient');
  const enter = () => {
    setEntering(true);
    void onEnter().finally(() => setEntering(false));
  };
  return (
    <section class="card">
      <Heading>{d('title')}</Heading>
      <p class="lead">{d('with', { name: patient?.display_name ?? '' })}</p>
      <p class="when">{dayAndTimeOf(language, consult.start)}</p>
      <ClinicCard />
      <p class="panel">{d('personal')}</p>
      <button type="button" class="primary" disabled={entering} onClick={enter}>
        {d('enter')}
      </button>
    </section>
  );
}
