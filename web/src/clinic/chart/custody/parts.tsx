import { Paper, Stack, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface CardProps {
  readonly title: string;
  readonly intro: string;
  readonly icon: Icon;
  readonly children: ReactNode;
}

/** One matter of the record's custody: what it is in plain words, then what can be done. */
export function Card({ title, intro, icon: Icon, children }: CardProps) {
  return (
    <Paper component="section" p="lg" aria-label={title}>
      <Stack gap="sm">
        <div>
          <Title order={3} size="h4">
            <Icon size={20} stroke={1.6} aria-hidden style={{ verticalAlign: '-3px', marginInlineEnd: 8 }} />
            {title}
          </Title>
          <Text c="dimmed" maw={640}>
            {intro}
          </Text>
        </div>
        {children}
      </Stack>
    </Paper>
  );
}
