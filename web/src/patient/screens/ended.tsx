/** @jsxImportSource preact */
import { timeOf, type Key } from '../../locales/patient';
import { Problem } from '../../common/problem';
import type { ConsultStatus } from '../../common/consult_types';
import { useSpeech } from '../context';
import type { RoomState } from '../../common/consult_room';
import { Notice } from './notice';

/** What was shared and what comes next. */
export function Ended({ state }: { readonly state: RoomState }) {
  const { t } = useSpeech();
  const { status } = state.consult;
  if (status !== 'finished') return <Outcome status={status} />;
  const files = state.files.filter((file) => file.status === 'ready').length;
  const limit = Date.now() >= Date.parse(state.consult.closes_at);
  return (
    <Notice tone="done" title={t('endTitle')} body={t('endBody')}>
      {limit && <p>{t('endLimit')}</p>}
      <p class="panel">{t('endShared', { messages: state.messages.length, files })}</p>
      <p class="soft">{t('endNext')}</p>
    </Notice>
  );
}

const OUTCOMES: Readonly<Partial<Record<ConsultStatus, readonly [Key, Key]>>> = {
  finished: ['endTitle', 'endBody'],
  cancelled: ['cancelledTitle', 'cancelledBody'],
  no_show: ['noShowTitle', 'noShowBody'],
  expired: ['expiredTitle', 'expiredBody'],
};

export function Outcome({ status }: { readonly status: string }) {
  const { t } = useSpeech();
  const [title, body] = OUTCOMES[status as ConsultStatus] ?? (['expiredTitle', 'expiredBody'] as const);
  return <Notice tone={status === 'finished' ? 'done' : 'stop'} title={t(title)} body={t(body)} />;
}

interface RefusedProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Why the consult cannot be entered, and what to do about it. */
export function Refused({ error, onRetry }: RefusedProps) {
  const { language, t } = useSpeech();
  const kind = error instanceof Problem ? error.kind : 'unreachable';
  const extra = error instanceof Problem ? error.extra : {};
  if (kind === 'not-open-yet') {
    const time = timeOf(language, String(extra['opens_at']));
    return <Notice tone="wait" title={t('earlyTitle')} body={t('earlyBody', { time })} />;
  }
  if (kind === 'consult-ended') return <Outcome status={String(extra['consult_status'])} />;
  if (kind === 'link-used') return <Notice tone="stop" title={t('usedTitle')} body={t('usedBody')} />;
  if (kind === 'session-revoked' || kind === 'unauthenticated') {
    return <Notice tone="stop" title={t('endedElsewhereTitle')} body={t('endedElsewhereBody')} />;
  }
  if (['link-revoked', 'not-found', 'invalid', 'gone'].includes(kind)) {
    return <Notice tone="stop" title={t('badTitle')} body={t('badBody')} />;
  }
  return (
    <Notice tone="stop" title={t('failTitle')} body={t('failBody')}>
      <button type="button" class="primary" onClick={onRetry}>
        {t('retry')}
      </button>
    </Notice>
  );
}
