/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import { MAX_FILE, type ConsultFile } from '../../common/consult_types';
import type { Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { faultOf, refusalOf, uploadFault } from './faults';

/** Files of both sides. A file can be opened once it has been checked. */
export function Files({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { t } = useSpeech();
  const [fault, setFault] = useState<Key>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const share = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MAX_FILE || file.size === 0) {
      setFault(file.size === 0 ? 'fileEmpty' : 'fileTooLarge');
      return;
    }
    setFault(undefined);
    setBusy(true);
    try {
      await room.share(file);
    } catch (error) {
      setFault(uploadFault(error));
    } finally {
      setBusy(false);
      if (input.current) input.current.value = '';
    }
  };
  return (
    <section class="card" aria-labelledby="files-title">
      <h2 id="files-title">{t('files')}</h2>
      {state.files.length === 0 && <p class="soft">{t('filesEmpty')}</p>}
      <ul class="files" aria-live="polite">
        {state.files.map((file) => (
          <Row key={file.id} room={room} file={file} />
        ))}
      </ul>
      <input
        ref={input}
        id="file"
        type="file"
        class="hidden"
        onChange={(event) => void share(event.currentTarget.files?.[0])}
      />
      <label for="file" class={`button quiet ${busy ? 'busy' : ''}`}>
        {t(busy ? 'filePending' : 'addFile')}
      </label>
      <p class="soft small">{t('fileHint')}</p>
      <p class="error" role="alert">
        {fault ? t(fault) : ''}
      </p>
    </section>
  );
}

const STATES: Readonly<Record<'pending' | 'scanning', Key>> = {
  pending: 'filePending',
  scanning: 'fileScanning',
};

function Row({ room, file }: { readonly room: Room; readonly file: ConsultFile }) {
  const { t } = useSpeech();
  const [fault, setFault] = useState<Key>();
  const open = async () => {
    try {
      setFault(undefined);
      location.assign(await room.downloadUrl(file.id));
    } catch (error) {
      setFault(faultOf(error));
    }
  };
  const { status } = file;
  return (
    <li>
      <span class="file-name">{file.name}</span>
      <small class="soft">{Math.max(1, Math.round(file.size / 1024))} kB</small>
      {status === 'ready' ? (
        <button type="button" class="quiet small" onClick={() => void open()}>
          {t(fault ? 'retry' : 'download')}
        </button>
      ) : (
        <small class={status === 'refused' ? 'error' : 'soft'}>
          {t(status === 'refused' ? refusalOf(file.refusal) : STATES[status])}
        </small>
      )}
      {fault && (
        <small class="error" role="alert">
          {t(fault)}
        </small>
      )}
    </li>
  );
}
