/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { play, type Playing } from '../../common/playback';
import { useSpeech } from '../base/context';

interface OwnProps {
  readonly stream: MediaStream | undefined;
  readonly label: string;
  readonly class: string;
}

/** Our own picture, silent. */
export function OwnPicture({ stream, label, class: name }: OwnProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} class={name} autoPlay playsInline muted aria-label={label} />;
}

interface OtherProps extends OwnProps {
  /** The loudspeaker's id; the browser's own choice when it is empty. */
  readonly speaker: string;
}

/** The other side with its sound; where the browser wants a touch before it, one button asks for it. */
export function OtherPicture({ stream, label, class: name, speaker }: OtherProps) {
  const { t } = useSpeech();
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState<Playing>('on');
  const begin = () => {
    if (video.current) void play(video.current).then(setPlaying);
  };
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = stream ?? null;
    if (stream) begin();
    else setPlaying('on');
  }, [stream]);
  useEffect(() => {
    // A loudspeaker that was unplugged meanwhile: the browser's own choice goes on.
    if (video.current && 'setSinkId' in video.current) video.current.setSinkId(speaker).catch(() => undefined);
  }, [speaker, stream]);
  return (
    <>
      <video ref={video} class={name} autoPlay playsInline aria-label={label} />
      {playing === 'muted' && (
        <button type="button" class="primary call-touch" onClick={begin}>
          {t('touchToHear')}
        </button>
      )}
    </>
  );
}
