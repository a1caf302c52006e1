import { Alert, Button, Group, Menu, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconChecklist, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useDemographics, useNames } from '../../data/chart/chart';
import { useFilledForms, useForm, useForms, useFormTitles, type FilledForm, type Score } from '../../data/chart/forms';
import { answersOf, asResponse, isEnabled, type Answer, type Answers, type Item } from '../../data/chart/questionnaire';
import { Empty, Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { Withheld } from '../../kit/withheld';
import { age } from '../../language/age';
import { dateAndTime, day } from '../../language/format';
import lists from '../base/lists.module.css';
import { FillForm } from './fill';

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

interface FormsProps {
  readonly patientId: string;
}

/** Questionnaires of a patient: fill one, go on with a draft, read answers and scores. */
export function FormsSection({ patientId }: FormsProps) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [filling, setFilling] = useState<{ readonly form: string; readonly draft?: FilledForm }>();
  const forms = useForms();
  const filled = useFilledForms(patientId);
  const titleOf = useFormTitles();
  const birth = useDemographics(patientId).data?.birth_date;
  const years = birth === undefined ? undefined : age(birth).years;
  if (filling) {
    return (
      <FillForm
        key={filling.draft?.id ?? filling.form}
        patientId={patientId}
        encounterId={params.get('encounter') ?? undefined}
        form={filling.form}
        draft={filling.draft}
        onDone={() => setFilling(undefined)}
      />
    );
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('forms.title')}
        </Title>
        <Menu position="bottom-end" width={320}>
          <Menu.Target>
            <Button rightSection={<IconChevronDown size={16} aria-hidden />} loading={forms.isPending}>
              {t('forms.fill')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(forms.data ?? []).map((form) => (
              <Menu.Item
                key={form.id}
                disabled={form.from_years != null && years !== undefined && years < form.from_years}
                onClick={() => setFilling({ form: form.id })}
              >
                {form.title}
                {form.from_years != null && (
                  <Text size="xs" c="dimmed">
                    {t('forms.outside', { years: form.from_years })}
                  </Text>
                )}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Loaded query={filled}>
        {({ items, withheld }) => (
          <>
            <Withheld count={withheld} />
            {items.length === 0 && (
              <Paper p="lg">
                <Empty icon={IconChecklist} title={t('forms.none')} body={t('forms.noneBody')} />
              </Paper>
            )}
            <ul className={lists.list}>
              {items.map((each) => (
                <FilledCard
                  key={each.id}
                  filled={each}
                  title={titleOf(each.form)}
                  onResume={() => setFilling({ form: each.form, draft: each })}
                />
              ))}
            </ul>
            {filled.hasNextPage && (
              <Button variant="default" loading={filled.isFetchingNextPage} onClick={() => void filled.fetchNextPage()}>
                {t('forms.earlier')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

interface CardProps {
  readonly filled: FilledForm;
  readonly title: string;
  readonly onResume: () => void;
}

function FilledCard({ filled, title, onResume }: CardProps) {
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
            {draft && (
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
      {(found) =>
        questionsOf(found.item, answers)
          .filter((item) => score.alarming.includes(item.linkId))
          .map((item) => (
            <Text key={item.linkId}>
              {item.text}:{' '}
              <b>
                <Given item={item} answers={answers[item.linkId] ?? []} />
              </b>
            </Text>
          ))
      }
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
