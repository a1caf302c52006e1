/** @jsxImportSource preact */

/** Strokes on a field of 24; whoever uses one says in words what it does. */
const PATHS = {
  microphone: 'M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4ZM6 11a6 6 0 0 0 12 0M12 17v3',
  camera: 'M4 7.5h10.5v9H4ZM14.5 10.5l5-2.5v8l-5-2.5',
  turn: 'M5 9a7.5 7.5 0 0 1 13-1.5M19 4v4h-4M19 15a7.5 7.5 0 0 1-13 1.5M5 20v-4h4',
  devices: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4',
  chat: 'M4 5h16v11H10l-5 4v-4H4Z',
  leave: 'M3.5 14.5c4-5.5 13-5.5 17 0l-2.5 2.5-3-1.500v-2.500c-2-.7-4-.7-6 0v2.500l-3 1.500Z',
} as const;

interface IconProps {
  readonly name: keyof typeof PATHS;
  /** Struck through: what it stands for is off. */
  readonly off?: boolean;
}

export function Icon({ name, off = false }: IconProps) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
      {off && <path d="M4 4l16 16" />}
    </svg>
  );
}
