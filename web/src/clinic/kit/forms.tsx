/** Parts of forms: why one was refused, its frame, and the ways out of it. */
import { Alert, Button, Group, Stack } from '@mantine/core';
import type { SyntheticEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../language/refusals';

/** A form's way to the server. */
export interface Saving {
  readonly onSubmit: (event?: SyntheticEvent<HTMLFormElement>) => void;
  readonly busy: boolean;
  /** Why it was refused, in the user's words. */
  readonly refusal: string | undefined;
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
  readonly onSubmit: (event: SyntheticEvent<HTMLFormElement>) => void;
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
