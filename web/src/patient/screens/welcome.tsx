/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Invitation, SessionConsult } from '../../common/consult_types';
import { dayAndTimeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { Later } from '../later';
import { ClinicCard } from './clinic';
import { Heading, Notice } from './notice';

interface WelcomeProps {
  readonly invitation: Invitation;
  readonly onEnter: () => Promise<void>;
  /** Look again: the text has changed. */
  readonly onChanged: () => void;
}

const ask = () => import('../consent').then(({ Ask }) => Ask);

/** Fetched while the first answer is on its way. */
export function fetchAsk(): void {
  void ask().catch(() => undefined); // `Later` asks again, and says so when it fails
}

/** Who meets whom and when, and what the patient is asked before they enter. */
export function Welcome({ invitation, onEnter, onChanged }: WelcomeProps) {
  const { t } = useSpeech();
  const [stranger, setStranger] = useState(false);
  const { consult, consent } = invitation;
  const patient = consult.participants.find((p) => p.role === 'patient')?.display_name ?? '';
  if (stranger) {
    return (
      <Notice tone="stop" title={t('notMe')} body={t('notMeHelp')}>
        <button type="button" class="quiet" onClick={() => setStranger(false)}>
          {t('back')}
        </button>
      </Notice>
    );
  }
  const head = <Head consult={consult} patient={patient} onStranger={() => setStranger(true)} />;
  if (consent && consult.consent !== 'accepted') {
    return <Later load={ask} with={{ head, text: consent, patient, onAccepted: onEnter, onChanged }} />;
  }
  return <Accepted head={head} onEnter={onEnter} />;
}

/** It was accepted before: one press is left. */
function Accepted({ head, onEnter }: { readonly head: ComponentChildren; readonly onEnter: () => Promise<void> }) {
  const { t } = useSpeech();
  const [entering, setEntering] = useState(false);
  const enter = () => {
    setEntering(true);
    void onEnter().finally(() => setEntering(false));
  };
  return (
    <section class="card">
      {head}
      <button type="button" class="primary" disabled={entering} onClick={enter}>
        {t('continue')}
      </button>
    </section>
  );
}

interface HeadProps {
  readonly consult: SessionConsult;
  readonly patient: string;
  readonly onStranger: () => void;
}

function Head({ consult, patient, onStranger }: HeadProps) {
  const { language, t } = useSpeech();
  const practitioners = consult.participants.filter((p) => p.role === 'practitioner');
  return (
    <>
      <Heading>{t('welcomeTitle')}</Heading>
      <p class="lead">{t('welcomeWith', { name: practitioners.map((p) => p.display_name).join(', ') })}</p>
      <p class="when">{t('welcomeWhen', { when: dayAndTimeOf(language, consult.start) })}</p>
      <p>
        {t('welcomeWho', { name: patient })}{' '}
        <button type="button" class="link" onClick={onStranger}>
          {t('notMe')}
        </button>
      </p>
      <ClinicCard />
    </>
  );
}
