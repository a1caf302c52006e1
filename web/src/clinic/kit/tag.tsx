import type { ReactNode } from 'react';
import classes from './tag.module.css';

export type Tone = 'calm' | 'good' | 'warn' | 'danger' | 'off';

/** A short mark in the identity's colours, which keep 4.5:1 in light and dark. */
export function Tag({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
