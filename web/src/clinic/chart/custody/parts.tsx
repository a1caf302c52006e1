import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../language/refusals';

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

/** Why it was refused, beside what was tried. */
export function Refused({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  return <div role="alert">{error !== null && <Alert color="red">{explain(error, t)}</Alert>}</div>;
}
