/** The clinician's camera and microphone; a consult without a camera still has a voice. */
export async function openCamera(): Promise<MediaStream> {
  const wanted = { audio: { echoCancellation: true, noiseSuppression: true } };
  try {
    const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24 } };
    return await navigator.mediaDevices.getUserMedia({ ...wanted, video });
  } catch {
    return navigator.mediaDevices.getUserMedia(wanted).catch(() => new MediaStream());
  }
}

/** Two rising notes: somebody has arrived. */
export function chime(): void {
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
