/** Changes: sent once, said to be done, or refused at their fields. */
import type { UseFormReturnType } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { uuid7 } from '../../common/uuid';
import type { Saving } from '../kit/forms';
import { explain, explainField } from '../language/refusals';

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
      notifications.show({ message: t('common.saved') });
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
      return [
        [path[0] ?? '', text],
        [path.join('.'), text],
      ] as const;
    }),
  );
}

/** Whether nothing was changed for sure; otherwise trying again must say that it is the same request. */
export function answered(error: unknown): boolean {
  return error instanceof Problem && error.status < 500;
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
