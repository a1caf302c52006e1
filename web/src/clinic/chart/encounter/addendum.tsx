import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from '../../data/chart/chart';
import type { Encounter } from '../../data/notes/notes';
import { addAddendum } from '../../data/notes/steps';
import { useOnce } from '../../kit/once';
import { explain } from '../../language/refusals';

interface AddendumProps {
  readonly encounter: Encounter;
  readonly initial: string;
  readonly onDone: (added: boolean) => void;
}

/** A text after the signature; what was signed stays as it is. */
export function Addendum({ encounter, initial, onDone }: AddendumProps) {
  const { t } = useTranslation();
  const refresh = useRefresh(encounter.patient);
  const once = useOnce();
  const [text, setText] = useState(initial);
  const adding = useMutation({
    mutationFn: () => addAddendum(encounter, text.trim(), once),
    onSuccess: async () => {
      await refresh();
      onDone(true);
    },
    onError: refresh,
  });
  return (
    <Stack>
      <Text>{t('encounter.addendumBody')}</Text>
      <Textarea
        data-autofocus
        label={t('encounter.addendumText')}
        autosize
        minRows={5}
        maxLength={50_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div role="alert">{adding.isError && <Alert color="red">{explain(adding.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => onDone(false)}>
          {t('common.cancel')}
        </Button>
        <Button disabled={text.trim() === ''} loading={adding.isPending} onClick={() => adding.mutate()}>
          {t('encounter.addAddendum')}
        </Button>
      </Group>
    </Stack>
  );
}
