import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** One thing that is known, under its name. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text>{children}</Text>
    </div>
  );
}
