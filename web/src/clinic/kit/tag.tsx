import type { ReactNode } from 'react';
import classes from './tag.module.css';

export type Tone = 'calm' | 'good' | 'warn' | 'danger' | 'off';

interface TagProps {
  readonly tone: Tone;
  /** Whether it may take more than one line, where it says more than a word. */
  readonly wrap?: boolean;
  readonly children: ReactNode;
}

/** A short mark in the identity's colours, which keep 4.5:1 in light and dark. */
export function Tag({ tone, wrap = false, children }: TagProps) {
  return (
    <span className={classes.tag} data-tone={tone} data-wrap={wrap || undefined}>
      {children}
    </span>
  );
}
