/** @jsxImportSource preact */
import type { RoomState } from '../../common/consult_room';
import type { ConsultStatus } from '../../common/consult_types';
import { Problem } from '../../common/problem';
import { serverNow } from '../../common/server_time';
import type { Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { ClinicCard } from './clinic';
import { faultOf } from './faults';
import { Notice } from './notice';

/** What was shared and what comes next. */
export function Ended({ state }: { readonly state: RoomState }) {
  const { t } = useSpeech();
  const { status } = state.consult;
  if (status === 'expired' && state.consult.waiting_since) {
    return (
      <Notice tone="stop" title={t('notSeenTitle')} body={t('notSeenBody')}>
        <ClinicCard />
      </Notice>
    );
  }
  if (status !== 'finished') return <Outcome status={status} />;
  const files = state.files.filter((file) => file.status === 'ready');
  const limit = serverNow() >= Date.parse(state.consult.closes_at);
  return (
    <Notice tone="done" title={t('endTitle')} body={t('endBody')}>
      {limit && <p>{t('endLimit')}</p>}
      <div class="panel">
        <p>{t('endShared', { messages: state.messages.length, files: files.length })}</p>
        {files.length > 0 && (
          <ul class="shared">
            {files.map((file) => (
              <li key={file.id}>{file.name}</li>
            ))}
          </ul>
        )}
      </div>
      <p class="soft">{t('endNext')}</p>
      <ClinicCard />
    </Notice>
  );
}

const OUTCOMES: Readonly<Partial<Record<ConsultStatus, readonly [Key, Key]>>> = {
  finished: ['endTitle', 'endBody'],
  // Refused at the limit, a moment before the server has recorded the end.
  in_progress: ['endTitle', 'endBody'],
  cancelled: ['cancelledTitle', 'cancelledBody'],
  no_show: ['noShowTitle', 'noShowBody'],
  expired: ['expiredTitle', 'expiredBody'],
};

export function Outcome({ status }: { readonly status: string }) {
  const { t } = useSpeech();
  const [title, body] = OUTCOMES[status as ConsultStatus] ?? (['expiredTitle', 'expiredBody'] as const);
  return (
    <Notice tone={title === 'endTitle' ? 'done' : 'stop'} title={t(title)} body={t(body)}>
      <ClinicCard />
    </Notice>
  );
}

interface RefusedProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Why the consult cannot be entered, and what to do about it. */
export function Refused({ error, onRetry }: RefusedProps) {
  const { t } = useSpeech();
  const kind = error instanceof Problem ? error.kind : 'unreachable';
  const extra = error instanceof Problem ? error.extra : {};
  if (kind === 'consult-ended') return <Outcome status={String(extra['consult_status'])} />;
  if (kind === 'link-used') return <Notice tone="stop" title={t('usedTitle')} body={t('usedBody')} />;
  if (kind === 'link-revoked' || kind === 'session-revoked') {
    return <Notice tone="stop" title={t('replacedTitle')} body={t('replacedBody')} />;
  }
  if (error instanceof Problem && error.status === 401) {
    return <Notice tone="stop" title={t('endedElsewhereTitle')} body={t('endedElsewhereBody')} />;
  }
  if (['not-found', 'invalid', 'gone'].includes(kind)) {
    return <Notice tone="stop" title={t('badTitle')} body={t('badBody')} />;
  }
  return (
    <Notice tone="stop" title={t('failTitle')} body={t(faultOf(error))}>
      <button type="button" class="primary wide" onClick={onRetry}>
        {t('retry')}
      </button>
    </Notice>
  );
}
