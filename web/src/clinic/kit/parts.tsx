/** What the administration's pages have in common: paged lists, dialogs, secrets shown once. */
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQueryClient, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { uuid7 } from '../../common/uuid';
import { explain, explainField } from '../language/refusals';
import { dayAndTime } from '../language/format';
import { Empty } from './states';

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

/**
 * Texts for `form.setErrors` by where the server's pointers lead: `/weekly/0/end` marks the field
 * `weekly.0.end`, and `weekly` for a field that holds the whole list.
 */
export function fieldErrors(error: unknown, t: TFunction): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.fields.flatMap((fault) => {
      const [, ...path] = fault.pointer.split('/');
      const text = explainField(fault, t);
      return [[path[0] ?? '', text], [path.join('.'), text]] as const;
    }),
  );
}

/** Whether nothing was changed for sure; otherwise trying again must say that it is the same request. */
export function answered(error: unknown): boolean {
  return error instanceof Problem && error.status < 500;
}

/** A form's way to the server. */
export interface Saving {
  readonly onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
  readonly busy: boolean;
  /** Why it was refused, in the user's words. */
  readonly refusal: string | undefined;
}

/** Headers of a request that may be repeated. */
export interface Once {
  readonly 'Idempotency-Key': string;
}

/**
 * Sends a form. A refusal marks its fields and leaves what was typed; `marks` names the field of a
 * refusal that has no pointer. The key stays the same until an answer came, so that trying again
 * after a lost one makes nothing twice.
 */
export function useSaving<Fields extends Record<string, unknown>, Out>(
  form: UseFormReturnType<Fields>,
  key: readonly unknown[],
  change: (fields: Fields, once: Once) => Promise<Out>,
  onDone?: (answer: Out) => void,
  marks?: (refused: Problem) => Record<string, string>,
): Saving {
  const { t } = useTranslation();
  const [once, setOnce] = useState(uuid7);
  const saving = useChange(key, (fields: Fields) => change(fields, { 'Idempotency-Key': once }), onDone);
  const marked = (error: Error) => ({
    ...fieldErrors(error, t),
    ...(error instanceof Problem && marks?.(error)),
  });
  const onError = (error: Error) => {
    if (answered(error)) setOnce(uuid7());
    form.setErrors(marked(error));
  };
  const refusal = (error: Error) => (Object.keys(marked(error)).length > 0 ? t('error.invalid') : explain(error, t));
  return {
    onSubmit: form.onSubmit((fields) => saving.mutate(fields, { onError })),
    busy: saving.isPending,
    refusal: saving.error ? refusal(saving.error) : undefined,
  };
}

export function Refusal({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  return <Refused text={error ? explain(error, t) : undefined} />;
}

/** A refusal in words, or nothing. */
export function Refused({ text }: { readonly text: string | undefined }) {
  return <div role="alert">{text !== undefined && <Alert color="red">{text}</Alert>}</div>;
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

interface FormEndProps {
  readonly saving: Saving;
  readonly onCancel: () => void;
}

/** Why a form was refused, and the ways out of it. */
export function FormEnd({ saving, onCancel }: FormEndProps) {
  const { t } = useTranslation();
  return (
    <>
      <Refused text={saving.refusal} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={saving.busy}>
          {t('common.save')}
        </Button>
      </Group>
    </>
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

export function Nothing() {
  const { t } = useTranslation();
  return <Empty title={t('admin.nothing')} />;
}
