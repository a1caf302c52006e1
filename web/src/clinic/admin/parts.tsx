/** What the administration's pages have in common: paged lists, dialogs, secrets shown once. */
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQueryClient, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { explain, explainField } from '../auth/refusals';
import { dayAndTime } from '../layout/format';
import { Empty } from '../layout/states';

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

/** A list that grows page by page. `read` gets the query parameter of the page to fetch. */
export function usePages<T>(key: readonly unknown[], read: (page: { cursor?: string }) => Promise<Page<T>>, enabled = true) {
  return useInfiniteQuery({
    queryKey: key,
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { cursor: pageParam }),
    getNextPageParam: (last) => last.cursor,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

export function More<T>({ query }: { readonly query: UseInfiniteQueryResult<T> }) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t('admin.more')}
    </Button>
  );
}

/** A change: says that it is done, reads the lists of `key` again, then goes on with the answer. */
export function useChange<In, Out>(
  key: readonly unknown[],
  change: (input: In) => Promise<Out>,
  onDone?: (answer: Out) => void,
) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (answer) => {
      await queries.invalidateQueries({ queryKey: key });
      notifications.show({ message: t('admin.saved') });
      onDone?.(answer);
    },
  });
}

/** Texts by the first part of the refused fields' pointers, for `form.setErrors`. */
export function fieldErrors(error: Error, t: TFunction): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(error.fields.map((fault) => [fault.pointer.split('/')[1] ?? '', explainField(fault, t)]));
}

export function Refusal({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  return <div role="alert">{error && <Alert color="red">{explain(error, t)}</Alert>}</div>;
}

interface FormProps {
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly children: ReactNode;
}

/** Checked by `@mantine/form` and by the server, whose messages are in the user's language. */
export function Form({ onSubmit, children }: FormProps) {
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>{children}</Stack>
    </form>
  );
}

interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, opened, onClose, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': t('common.close') }}>
      {children}
    </Modal>
  );
}

interface ConfirmProps extends Omit<DialogProps, 'children'> {
  readonly body: string;
  readonly action: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly children?: ReactNode;
}

export function Confirm({ body, action, busy, error, onConfirm, children, ...dialog }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog {...dialog}>
      <Stack>
        <Text>{body}</Text>
        {children}
        <Refusal error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={dialog.onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

export interface Shown {
  readonly label: string;
  readonly value: string;
  readonly expires?: string;
}

/** A secret that the server will not tell again; only a click closes it. */
export function Secrets({ shown, onClose }: { readonly shown: readonly Shown[] | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={shown !== undefined}
      onClose={onClose}
      title={t('admin.once')}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="yellow">{t('admin.onceBody')}</Alert>
        {shown?.map(({ label, value, expires }) => (
          <div key={label}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Group wrap="nowrap">
              <Code fz="md" style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Code>
              <CopyButton value={value}>
                {({ copied, copy }) => (
                  <Button size="xs" variant="default" onClick={copy}>
                    {t(copied ? 'admin.copied' : 'secondFactor.copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
            {expires !== undefined && (
              <Text size="sm" c="dimmed">
                {t('admin.until', { moment: dayAndTime(expires) })}
              </Text>
            )}
          </div>
        ))}
        <Button onClick={onClose}>{t('secondFactor.kept')}</Button>
      </Stack>
    </Modal>
  );
}

interface SectionProps {
  readonly title: string;
  readonly intro?: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, intro, action, children }: SectionProps) {
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          {intro !== undefined && (
            <Text c="dimmed" size="sm">
              {intro}
            </Text>
          )}
        </div>
        {action}
      </Group>
      {children}
    </Stack>
  );
}

/** The head of a column whose content needs none for the eye. */
export function QuietHead({ label }: { readonly label: string }) {
  return (
    <Table.Th>
      <VisuallyHidden>{label}</VisuallyHidden>
    </Table.Th>
  );
}

export function Nothing() {
  const { t } = useTranslation();
  return <Empty title={t('admin.nothing')} />;
}
