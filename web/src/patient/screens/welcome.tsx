/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SessionConsult } from '../../common/consult_types';
import { dayAndTimeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { ClinicCard } from './clinic';
import { Heading, Notice } from './notice';

interface WelcomeProps {
  readonly consult: SessionConsult;
  readonly onConsent: () => Promise<void>;
}

/** Who meets whom and when, and the patient's consent to be seen by video. */
export function Welcome({ consult, onConsent }: WelcomeProps) {
  const { language, t } = useSpeech();
  const [agreed, setAgreed] = useState(false);
  const [entering, setEntering] = useState(false);
  const [missing, setMissing] = useState(false);
  const [stranger, setStranger] = useState(false);
  const practitioners = consult.participants.filter((p) => p.role === 'practitioner');
  const patient = consult.participants.find((p) => p.role === 'patient');

  if (stranger) {
    return (
      <Notice tone="stop" title={t('notMe')} body={t('notMeHelp')}>
        <button type="button" class="quiet" onClick={() => setStranger(false)}>
          {t('back')}
        </button>
      </Notice>
    );
  }
  const submit = (event: Event) => {
    event.preventDefault();
    setMissing(!agreed);
    if (!agreed) return;
    setEntering(true);
    void onConsent().finally(() => setEntering(false));
  };
  return (
    <form class="card" onSubmit={submit} noValidate>
      <Heading>{t('welcomeTitle')}</Heading>
      <p class="lead">{t('welcomeWith', { name: practitioners.map((p) => p.display_name).join(', ') })}</p>
      <p class="when">{t('welcomeWhen', { when: dayAndTimeOf(language, consult.start) })}</p>
      <p>
        {t('welcomeWho', { name: patient?.display_name ?? '' })}{' '}
        <button type="button" class="link" onClick={() => setStranger(true)}>
          {t('notMe')}
        </button>
      </p>
      <ClinicCard />
      <div class="panel">
        <h2>{t('consentTitle')}</h2>
        <p>{t('consentBody')}</p>
        <label class="tick">
          <input
            type="checkbox"
            checked={agreed}
            aria-invalid={missing && !agreed}
            aria-describedby="consent-error"
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
          <span>{t('consentCheck')}</span>
        </label>
        <p id="consent-error" class="error" role="alert">
          {missing && !agreed ? t('consentNeeded') : ''}
        </p>
      </div>
      <button type="submit" class="primary" disabled={entering}>
        {t('continue')}
      </button>
    </form>
  );
}
