import { Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface AccountCardProps {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

/** One thing of one's account: how it stands, and what can be done about it. */
export function AccountCard({ title, text, action, children }: AccountCardProps) {
  return (
    <Paper p="lg">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          <Text c="dimmed">{text}</Text>
        </div>
        {action}
      </Group>
      {children}
    </Paper>
  );
}
