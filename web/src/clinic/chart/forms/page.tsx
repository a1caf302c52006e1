import { Button, Group, Menu, Paper, Stack, Text, Title } from '@mantine/core';
import { IconChecklist, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useDemographics } from '../../data/chart/chart';
import { useFilledForms, useForms, useFormTitles, type FilledForm } from '../../data/chart/forms';
import { Empty, Loaded } from '../../kit/states';
import { Withheld } from '../../kit/withheld';
import { age } from '../../language/age';
import lists from '../base/lists.module.css';
import { FillForm } from './fill';
import { FilledCard } from './filled';

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
