import type { ReactNode } from 'react';
import classes from './flag.module.css';

type FlagKind = 'danger' | 'unknown' | 'calm' | 'plain';

interface FlagProps {
  readonly kind: FlagKind;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}

/** A short warning; its words carry the meaning, its colour only repeats it. */
export function Flag({ kind, icon, children }: FlagProps) {
  return (
    <span className={classes.flag} data-kind={kind}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
