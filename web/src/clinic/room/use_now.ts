import { useEffect, useState } from 'react';
import { serverNow } from '../../common/server_time';

/** The present moment in milliseconds, by the server, refreshed every `period`. */
export function useNow(period: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), period);
    return () => clearInterval(timer);
  }, [period]);
  return now;
}
