/** @jsxImportSource preact */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useSpeech } from './base/context';

interface LaterProps<P extends object> {
  readonly load: () => Promise<ComponentType<P>>;
  readonly with: P;
}

/** A part that is fetched when it is needed: the patient's page carries none of the practitioner's. */
export function Later<P extends object>({ load, with: props }: LaterProps<P>) {
  const { t } = useSpeech();
  const [Part, setPart] = useState<{ readonly part: ComponentType<P> }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    load().then(
      (part) => gone || setPart({ part }),
      () => gone || setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [load]);
  if (Part) return <Part.part {...props} />;
  if (!failed) return <p class="card loading">{t('loading')}</p>;
  return (
    <p class="card" role="alert">
      {t('failBody')}{' '}
      <button type="button" class="primary" onClick={() => location.reload()}>
        {t('retry')}
      </button>
    </p>
  );
}
