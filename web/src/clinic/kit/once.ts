import { useRef } from 'react';
import { uuid7 } from '../../common/uuid';

/** An Idempotency-Key for each content: a repetition after a lost answer is the same request. */
export function useOnce(): (content: unknown) => string {
  const last = useRef({ text: '', key: '' });
  return (content) => {
    const text = JSON.stringify(content);
    if (last.current.text !== text) last.current = { text, key: uuid7() };
    return last.current.key;
  };
}
