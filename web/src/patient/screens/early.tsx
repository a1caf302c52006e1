/** @jsxImportSource preact */
import type { SessionConsult } from '../../common/consult_types';
import { dayAndTimeOf, timeOf } from '../../locales/patient';
import { useClinic, useSpeech } from '../base/context';
import { useNow } from '../base/use_now';
import { calendarOf } from './calendar';
import { ClinicCard } from './clinic';
import { Notice } from './notice';

const COUNTED_MINUTES = 60;

/** When to come back; the page around it lets the patient in when the time has come. */
export function Early({ consult }: { readonly consult: SessionConsult }) {
  const { language, t } = useSpeech();
  const clinic = useClinic();
  const now = useNow(5000);
  const opens = new Date(consult.opens_at);
  const minutes = Math.max(1, Math.ceil((opens.getTime() - now) / 60_000));
  const today = opens.toDateString() === new Date(now).toDateString();
  const body = today
    ? t('earlyBody', { time: timeOf(language, consult.opens_at) })
    : t('earlyDay', { when: dayAndTimeOf(language, consult.opens_at) });
  const remind = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(calendarOf(consult, t('title'), clinic?.name));
    link.download = 'teleconsulta.ics';
    link.click();
  };
  return (
    <Notice tone="wait" title={t('earlyTitle')} body={body}>
      {minutes <= COUNTED_MINUTES && <p class="count">{t('earlyMinutes', { minutes })}</p>}
      {!today && (
        <button type="button" class="primary wide" onClick={remind}>
          {t('addToCalendar')}
        </button>
      )}
      <ClinicCard />
    </Notice>
  );
}
