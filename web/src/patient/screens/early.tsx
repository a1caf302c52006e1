/** @jsxImportSource preact */
import { dayAndTimeOf, timeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { Notice } from './notice';
import { useNow } from './waiting';

const COUNTED_MINUTES = 60;

/** When to come back; the page around it lets the patient in when the time has come. */
export function Early({ opensAt }: { readonly opensAt: string }) {
  const { language, t } = useSpeech();
  const now = useNow(5000);
  const opens = new Date(opensAt);
  const minutes = Math.max(1, Math.ceil((opens.getTime() - now) / 60_000));
  const today = opens.toDateString() === new Date(now).toDateString();
  const body = today
    ? t('earlyBody', { time: timeOf(language, opensAt) })
    : t('earlyDay', { when: dayAndTimeOf(language, opensAt) });
  return (
    <Notice tone="wait" title={t('earlyTitle')} body={body}>
      {minutes <= COUNTED_MINUTES && <p class="count">{t('earlyMinutes', { minutes })}</p>}
    </Notice>
  );
}
