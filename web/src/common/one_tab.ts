/**
 * Of several tabs of one browser with the same consult, the one opened last has it: two would answer
 * each other's signals.
 *
 * @returns how to give it up
 */
export function holdTab(consult: string, onTaken: () => void): () => void {
  const tabs = new BroadcastChannel(`telesalud.consult.${consult}`);
  tabs.onmessage = onTaken; // a channel does not hear itself
  tabs.postMessage('here');
  return () => tabs.close();
}
