import { startTransition, useEffect, useState } from 'react';

/** False at first; true when what was asked for has been painted and nothing more urgent is to be done. */
export function useLater(): boolean {
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setLater(true)), 0);
    return () => clearTimeout(timer);
  }, []);
  return later;
}
