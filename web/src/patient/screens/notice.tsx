/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Tone = 'calm' | 'wait' | 'stop' | 'done';

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly body: string;
  readonly children?: ComponentChildren;
}

/** A page with one message: what happened and what to do. Focus moves to its heading. */
export function Notice({ tone, title, body, children }: NoticeProps) {
  return (
    <section class={`card notice notice-${tone}`}>
      <Sign tone={tone} />
      <Heading>{title}</Heading>
      <p class="lead">{body}</p>
      {children}
    </section>
  );
}

/** The screen's heading, focused when the screen appears so that screen readers announce it. */
export function Heading({ children }: { readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo({ top: 0 }); // the screen before may have been scrolled to its button
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

const PATHS: Readonly<Record<Tone, string>> = {
  calm: 'M12 7v6m0 4h.01',
  wait: 'M12 7v5l3 3',
  stop: 'M8 8l8 8m0-8-8 8',
  done: 'M7 12.5l3.5 3.5L17 9',
};

function Sign({ tone }: { readonly tone: Tone }) {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <path d={PATHS[tone]} />
    </svg>
  );
}
