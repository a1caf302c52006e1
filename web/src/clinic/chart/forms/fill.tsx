import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useForm, useSubmit, type FilledForm } from '../../data/chart/forms';
import { answersOf, asResponse, missing, type Answers, type Questionnaire } from '../../data/chart/questionnaire';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { explain } from '../../language/refusals';
import { Questions } from './question';

interface FillProps {
  readonly patientId: string;
  readonly encounterId?: string | undefined;
  readonly form: string;
  readonly draft?: FilledForm | undefined;
  readonly onDone: () => void;
}

/** One questionnaire as its definition says; kept as a draft, or finished and scored. */
export function FillForm(props: FillProps) {
  const questionnaire = useForm(props.form);
  return <Loaded query={questionnaire}>{(found) => <Sheet questionnaire={found} {...props} />}</Loaded>;
}

function Sheet({
  questionnaire,
  patientId,
  encounterId,
  form,
  draft,
  onDone,
}: FillProps & { readonly questionnaire: Questionnaire }) {
  const { t } = useTranslation();
  const sheet = useRef<HTMLFormElement>(null);
  const [answers, setAnswers] = useState<Answers>(() => (draft ? answersOf(asResponse(draft.response).item) : {}));
  const [changed, setChanged] = useState(false);
  const [tried, setTried] = useState(false);
  const submitting = useSubmit(patientId);
  const leave = useUnsaved(changed);
  const open = missing(questionnaire.item, answers);
  const send = (status: 'in-progress' | 'completed') =>
    submitting.mutate(
      { form, questionnaire, answers, status, draft, encounterId },
      {
        onSuccess: () => {
          leave();
          notifications.show({ message: t(status === 'completed' ? 'forms.finished' : 'forms.kept') });
          onDone();
        },
      },
    );
  const finish = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (open.length === 0) send('completed');
    else
      sheet.current
        ?.querySelector<HTMLElement>(`[data-link-id="${open[0]}"] input, input[data-link-id="${open[0]}"]`)
        ?.focus();
  };
  return (
    <Paper component="form" p="md" ref={sheet} onSubmit={finish} noValidate aria-label={questionnaire.title}>
      <Stack gap="lg">
        <Title order={2} size="h4">
          {questionnaire.title}
        </Title>
        <Questions
          items={questionnaire.item}
          answers={answers}
          missing={tried ? open : []}
          onAnswer={(linkId, next) => {
            setChanged(true);
            setAnswers((now) => ({ ...now, [linkId]: next }));
          }}
        />
        {questionnaire.copyright !== undefined && (
          <Text size="xs" c="dimmed">
            {questionnaire.copyright}
          </Text>
        )}
        <div role="alert">
          {tried && open.length > 0 && <Alert color="yellow">{t('forms.missing', { count: open.length })}</Alert>}
          {submitting.isError && <Alert color="red">{explain(submitting.error, t)}</Alert>}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button variant="default" loading={submitting.isPending} onClick={() => send('in-progress')}>
            {t('forms.keep')}
          </Button>
          <Button type="submit" loading={submitting.isPending}>
            {t('forms.finish')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
