import { Alert, Button, Group, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconInbox, type Icon } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dateAndTime } from '../language/format';
import { explain } from '../language/refusals';

/** What is shown of a query, or of several that are one to the reader. */
interface Shown<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isError: boolean;
  readonly isFetching: boolean;
  readonly dataUpdatedAt: number;
  readonly refetch: () => Promise<unknown>;
}

/** Two queries that are one to the reader: one error, and one button that asks for both again. */
export function both<A, B>(one: Shown<A>, other: Shown<B>): Shown<readonly [A, B]> {
  return {
    data: one.data !== undefined && other.data !== undefined ? [one.data, other.data] : undefined,
    error: one.error ?? other.error,
    isError: one.isError || other.isError,
    isFetching: one.isFetching || other.isFetching,
    dataUpdatedAt: Math.min(one.dataUpdatedAt, other.dataUpdatedAt),
    refetch: () => Promise.all([one.refetch(), other.refetch()]),
  };
}

interface LoadedProps<T> {
  readonly query: Shown<T>;
  /** Rows of the skeleton that holds the place of what is loading. */
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}

/** Loading, error and content of one query, without a jump between them. */
export function Loaded<T>({ query, rows = 4, children }: LoadedProps<T>) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState(query.error);
  // Asked again, a query without data forgets why it failed; the reader must not see it flicker.
  const next = query.data === undefined ? (query.error ?? failure) : null;
  if (next !== failure) setFailure(next);
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <Stale query={query} />}
        {children(query.data)}
      </>
    );
  }
  if (failure) {
    return (
      <Alert color="red" title={t('error.title')} role="alert" data-state="error">
        <Stack align="flex-start">
          <Text>{explain(failure, t)}</Text>
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            {t('common.retry')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  return (
    <Stack aria-busy aria-label={t('common.loading')} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={44} radius="md" />
      ))}
    </Stack>
  );
}

/** What is shown was read before; reading it again failed, and nobody must take it for new. */
function Stale({ query }: { readonly query: Shown<unknown> }) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" p="xs" mb="md" role="status" data-state="stale">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t('error.old', { moment: dateAndTime(new Date(query.dataUpdatedAt)) })}</Text>
        <Button size="xs" variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t('common.retry')}
        </Button>
      </Group>
    </Alert>
  );
}

interface EmptyProps {
  /** What there would be; told apart at a glance. */
  readonly icon?: Icon;
  readonly title: string;
  readonly body?: string;
  readonly children?: ReactNode;
}

/** Nothing there yet, and what one can do about it. */
export function Empty({ icon: Icon = IconInbox, title, body, children }: EmptyProps) {
  return (
    <Stack align="center" py="xl" gap="xs">
      <ThemeIcon size={56} radius="xl" variant="light">
        <Icon size={30} stroke={1.4} aria-hidden />
      </ThemeIcon>
      <Text fw={600} ta="center">
        {title}
      </Text>
      {body !== undefined && (
        <Text c="dimmed" ta="center" maw={420}>
          {body}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** An empty list of which there is nothing more to say. */
export function Nothing() {
  const { t } = useTranslation();
  return <Empty title={t('common.nothing')} />;
}
