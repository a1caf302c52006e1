import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { useForm, useSubmit, type FilledForm, type LocalForm } from '../../data/chart/forms';
import { answersOf, asResponse, missing, type Answers } from '../../data/chart/questionnaire';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { explain } from '../../language/refusals';
import { CrisisLine, drinkText } from './country';
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
}: FillProps & { readonly questionnaire: LocalForm }) {
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
        {questionnaire.drink && <Text size="sm">{drinkText(questionnaire.drink, t)}</Text>}
        <Questions
          items={questionnaire.item}
          answers={answers}
          missing={tried ? open : []}
          onAnswer={(linkId, next) => {
            setChanged(true);
            setAnswers((now) => ({ ...now, [linkId]: next }));
          }}
        />
        <CrisisLine line={questionnaire.crisisLine} />
        {questionnaire.copyright !== undefined && (
          <Text size="xs" c="dimmed">
            {questionnaire.copyright}
          </Text>
        )}
        <div role="alert">
          {tried && open.length > 0 && <Alert color="yellow">{t('forms.missing', { count: open.length })}</Alert>}
          {submitting.isError && <Alert color="red">{refusal(submitting.error, t)}</Alert>}
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

function refusal(error: unknown, t: TFunction): string {
  const fault = error instanceof Problem ? error.fields.find(({ code }) => code === 'outside-age') : undefined;
  const years = fault?.params?.['from_years'];
  return typeof years === 'number' ? t('forms.outside', { years }) : explain(error, t);
}
