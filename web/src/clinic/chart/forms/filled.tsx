import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../data/chart/chart';
import { useForm, type FilledForm, type Score } from '../../data/chart/forms';
import { answersOf, asResponse, isEnabled, type Answer, type Answers, type Item } from '../../data/chart/questionnaire';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { dateAndTime, day } from '../../language/format';
import lists from '../base/lists.module.css';
import { CrisisLine } from './country';

const SEVERITIES = [
  'minimal',
  'mild',
  'moderate',
  'moderately-severe',
  'severe',
  'zone-1',
  'zone-2',
  'zone-3',
  'zone-4',
] as const;

interface CardProps {
  readonly filled: FilledForm;
  readonly title: string;
  /** Goes on with a draft; without it the card is only read. */
  readonly onResume?: () => void;
  readonly children?: ReactNode;
}

/** One questionnaire as it was filled in, with its scores and alarms. */
export function FilledCard({ filled, title, onResume, children }: CardProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [opened, { toggle }] = useDisclosure();
  const draft = filled.status === 'in-progress';
  return (
    <Paper component="li" p="md" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text fw={600}>{title}</Text>
            <Text size="sm" c="dimmed" className="numeric">
              {dateAndTime(filled.recorded_at)} · {nameOf(filled.recorded_by)}
            </Text>
          </div>
          <Group gap="xs">
            {draft && <Tag tone="warn">{t('forms.draft')}</Tag>}
            {draft && onResume && (
              <Button size="xs" onClick={onResume}>
                {t('forms.resume')}
              </Button>
            )}
            <Button size="xs" variant="default" aria-expanded={opened} onClick={toggle}>
              {t(opened ? 'forms.hideAnswers' : 'forms.showAnswers')}
            </Button>
          </Group>
        </Group>
        {filled.scores.map((score) => (
          <ScoreLine key={score.code} score={score} filled={filled} />
        ))}
        {children}
        {opened && <Answered filled={filled} />}
      </Stack>
    </Paper>
  );
}

function ScoreLine({ score, filled }: { readonly score: Score; readonly filled: FilledForm }) {
  const { t } = useTranslation();
  const severity = SEVERITIES.find((each) => each === score.severity);
  return (
    <>
      <Text className="numeric">
        {score.value === null ? (
          t('forms.noScore', { count: score.missing.length })
        ) : (
          <>
            {t('forms.score')}: <b>{score.value}</b>
            {score.severity !== null && ` · ${severity ? t(`forms.severity.${severity}`) : score.severity}`}
          </>
        )}
      </Text>
      {score.alerts.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t('forms.alert')}>
          <Alarming filled={filled} score={score} />
          <Text mt="xs">{t('forms.alertSteps')}</Text>
        </Alert>
      )}
    </>
  );
}

/** What was asked and answered, in the reader's language: nobody has to open the answers to see it. */
function Alarming({ filled, score }: { readonly filled: FilledForm; readonly score: Score }) {
  const form = useForm(filled.form);
  const answers = answersOf(asResponse(filled.response).item);
  return (
    <Loaded query={form} rows={1}>
      {(found) => (
        <>
          {questionsOf(found.item, answers)
            .filter((item) => score.alarming.includes(item.linkId))
            .map((item) => (
              <Text key={item.linkId}>
                {item.text}:{' '}
                <b>
                  <Given item={item} answers={answers[item.linkId] ?? []} />
                </b>
              </Text>
            ))}
          <CrisisLine line={found.crisisLine} />
        </>
      )}
    </Loaded>
  );
}

function Answered({ filled }: { readonly filled: FilledForm }) {
  const form = useForm(filled.form);
  const answers = answersOf(asResponse(filled.response).item);
  return <Loaded query={form}>{(found) => <Questions items={found.item} answers={answers} />}</Loaded>;
}

function Questions({ items, answers }: { readonly items: readonly Item[]; readonly answers: Answers }) {
  return (
    <dl className={lists.facts}>
      {questionsOf(items, answers).map((item) => (
        <div key={item.linkId}>
          <dt>{item.text}</dt>
          <dd>
            <Given item={item} answers={answers[item.linkId] ?? []} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function questionsOf(items: readonly Item[], answers: Answers): readonly Item[] {
  return items
    .filter((item) => item.type !== 'display' && isEnabled(item, answers))
    .flatMap((item) => (item.type === 'group' ? questionsOf(item.item ?? [], answers) : [item]));
}

/** Options are shown in the reader's language, whatever language they were answered in. */
function Given({ item, answers }: { readonly item: Item; readonly answers: readonly Answer[] }) {
  const { t } = useTranslation();
  const said = answers.map((answer) => {
    const { valueCoding: coding, valueBoolean: yes, valueDate: date } = answer;
    if (coding)
      return (
        item.answerOption?.find(({ valueCoding }) => valueCoding.code === coding.code)?.valueCoding.display ??
        coding.display ??
        coding.code
      );
    if (yes !== undefined) return t(yes ? 'forms.yes' : 'forms.no');
    if (date !== undefined) return day(date);
    return answer.valueString ?? String(answer.valueInteger ?? answer.valueDecimal ?? '');
  });
  return <>{said.length === 0 ? '–' : said.join('; ')}</>;
}
