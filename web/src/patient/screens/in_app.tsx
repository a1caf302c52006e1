/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { useSpeech } from '../base/context';
import { onIos } from '../base/devices';
import { Notice } from './notice';

/**
 * Inside another app there is no video. The link is left unused and in the address, so that “open in
 * the browser” takes it along.
 */
export function InApp() {
  const { t } = useSpeech();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // Where the clipboard is refused, the link below can be copied by hand.
    navigator.clipboard.writeText(location.href).then(
      () => setCopied(true),
      () => document.querySelector<HTMLInputElement>('#own-link')?.select(),
    );
  };
  return (
    <Notice tone="calm" title={t('inAppTitle')} body={t('inAppBody')}>
      <p class="panel">{t(onIos() ? 'inAppIos' : 'inAppAndroid')}</p>
      <button type="button" class="primary wide" onClick={copy}>
        {t('inAppCopy')}
      </button>
      <p role="status" class="soft">
        {copied && t('inAppCopied')}
      </p>
      <label class="own-link">
        <span class="soft">{t('inAppLink')}</span>
        <input id="own-link" readOnly value={location.href} onFocus={(event) => event.currentTarget.select()} />
      </label>
    </Notice>
  );
}
