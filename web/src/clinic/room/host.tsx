import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useMatch, useSearchParams } from 'react-router';
import { withTexts } from '../language/i18n';
import classes from './host.module.css';

/** Fetched with the first room only. */
const RoomPanel = lazy(async () => ({ default: (await withTexts(import('./panel'), 'care')).RoomPanel }));

interface Open {
  readonly consult: string;
  /** The patient's chart, where the way here said it. */
  readonly patient: string | null;
  readonly admit: boolean;
}

/**
 * The consultation that is open: the whole column at its own address, and a panel beside any other
 * page, so that the call, the note and the chat go on while one reads the chart.
 */
export function RoomHost({ children }: { readonly children: ReactNode }) {
  const here = useMatch('/room/:consultId')?.params.consultId;
  const [params] = useSearchParams();
  const [open, setOpen] = useState<Open>();
  const wanted = here !== undefined && here !== open?.consult;
  const shown = wanted ? { consult: here, patient: params.get('patient'), admit: params.has('admit') } : open;
  if (wanted) setOpen(shown);
  const place = here === undefined ? 'docked' : 'full';
  return (
    <div className={classes.host} data-room={shown && place}>
      <div className={classes.page}>{children}</div>
      {shown && (
        <div className={classes.room}>
          <Suspense fallback={<Skeleton height={320} radius="lg" />}>
            <RoomPanel key={shown.consult} {...shown} place={place} onClose={() => setOpen(undefined)} />
          </Suspense>
        </div>
      )}
    </div>
  );
}
