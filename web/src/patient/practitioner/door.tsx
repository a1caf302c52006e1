/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SessionConsult } from '../../common/consult_types';
import { dayAndTimeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { ClinicCard } from '../screens/clinic';
import { Heading } from '../screens/notice';

interface DoorProps {
  readonly consult: SessionConsult;
  readonly onEnter: () => Promise<void>;
}

/** Whom the practitioner meets and when; the link is theirs once they press. */
export function Door({ consult, onEnter }: DoorProps) {
  const { language, t } = useSpeech();
  const [entering, setEntering] = useState(false);
  const patient = consult.participants.find((p) => p.role === 'patient');
  const enter = () => {
    setEntering(true);
    void onEnter().finally(() => setEntering(false));
  };
  return (
    <section class="card">
      <Heading>{t('deskTitle')}</Heading>
      <p class="lead">{t('deskWith', { name: patient?.display_name ?? '' })}</p>
      <p class="when">{dayAndTimeOf(language, consult.start)}</p>
      <ClinicCard />
      <p class="panel">{t('deskPersonal')}</p>
      <button type="button" class="primary" disabled={entering} onClick={enter}>
        {t('deskEnter')}
      </button>
    </section>
  );
}
