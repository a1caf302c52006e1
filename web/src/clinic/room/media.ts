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
