import { useEffect } from 'react';

/** Chimes when there is something new to say, and says it in the tab's title as long as it holds. */
export function useAnnounced(what: string | undefined): void {
  useEffect(() => {
    if (what === undefined) return undefined;
    const before = document.title;
    document.title = `● ${what}`;
    chime();
    return () => {
      document.title = before;
    };
  }, [what]);
}

/** Two rising notes: somebody has arrived. */
function chime(): void {
  const context = new AudioContext();
  [659.25, 880].forEach((frequency, index) => {
    const note = context.createOscillator();
    const volume = context.createGain();
    const begin = context.currentTime + index * 0.18;
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.2, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.5);
    note.connect(volume).connect(context.destination);
    note.start(begin);
    note.stop(begin + 0.55);
  });
  setTimeout(() => void context.close(), 1200);
}
