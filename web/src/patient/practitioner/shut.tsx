/** @jsxImportSource preact */
import { Notice } from '../screens/notice';
import { useDeskSpeech } from './speech';

/** The link of a consult that is over. */
export function Shut() {
  const d = useDeskSpeech();
  return <Notice tone="stop" title={d('shut')} body={d('overBody')} />;
}
