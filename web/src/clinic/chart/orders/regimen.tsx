import { ActionIcon, Button, Group, NativeSelect, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { NewLine } from '../../data/orders';
import { Figure } from './figure';
import classes from './orders.module.css';
import { DAY_PARTS, isDayPart, patternOf, withSteps, without, type Step } from './regimen_steps';
import { Rhythm } from './rhythm';

const MOST_STEPS = 20;

interface RegimenProps {
  readonly line: NewLine;
  readonly onChange: (line: NewLine) => void;
}

/** The doses of a regimen that is not the same every time, one a row. */
export function Regimen({ line, onChange }: RegimenProps) {
  const { t } = useTranslation();
  const steps = line.steps ?? [];
  const pattern = patternOf(line);
  const put = (place: number, part: Partial<Step>) =>
    onChange(
      withSteps(
        line,
        steps.map((step, each) => (each === place ? { ...step, ...part } : step)),
      ),
    );
  const last = steps.at(-1);
  const add = () => {
    if (last === undefined) return;
    const dose = { value: 0, unit: line.dose.unit };
    const more: Step =
      pattern === 'stages'
        ? { ...last, sequence: last.sequence + 1, dose, days: 0 }
        : { ...last, dose, at: DAY_PARTS.find((part) => !steps.some(({ at }) => at === part)) ?? last.at ?? null };
    onChange(withSteps(line, [...steps, more]));
  };
  return (
    <div className={classes.wide}>
      <ol className={classes.steps}>
        {steps.map((step, place) => (
          <li key={place} className={classes.fields} aria-label={nameOf(step, place)}>
            {pattern === 'parts' && (
              <NativeSelect
                label={t('orders.regimen.at')}
                value={step.at ?? ''}
                data={DAY_PARTS.map((part) => ({ value: part, label: t(`orders.regimen.${part}`) }))}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  if (isDayPart(value)) put(place, { at: value });
                }}
              />
            )}
            {pattern === 'alternating' && (
              <Text fw={600}>{t(place === 0 ? 'orders.regimen.oneDay' : 'orders.regimen.otherDay')}</Text>
            )}
            {pattern === 'stages' && <Text fw={600}>{t('orders.regimen.stage', { number: step.sequence })}</Text>}
            <Figure
              label={t('orders.regimen.doseOf', { unit: line.dose.unit })}
              value={step.dose.value}
              decimals={4}
              onChange={(value) => put(place, { dose: { ...step.dose, value } })}
            />
            {pattern === 'stages' && (
              <>
                <Rhythm frequency={step.frequency} onChange={(frequency) => put(place, { frequency })} />
                <Figure
                  label={t('orders.regimen.days')}
                  value={step.days}
                  most={365}
                  onChange={(days) => put(place, { days })}
                />
              </>
            )}
            {pattern !== 'alternating' && steps.length > 2 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={`${t('orders.removeLine')}: ${nameOf(step, place)}`}
                onClick={() => onChange(withSteps(line, without(steps, place)))}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ol>
      {pattern !== 'alternating' && steps.length < (pattern === 'parts' ? DAY_PARTS.length : MOST_STEPS) && (
        <Group>
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t(pattern === 'parts' ? 'orders.regimen.addPart' : 'orders.regimen.addStage')}
          </Button>
        </Group>
      )}
      {pattern !== 'stages' && (
        <div className={classes.fields}>
          <Figure
            label={t('orders.duration')}
            value={line.duration_days}
            most={365}
            onChange={(days) =>
              onChange(
                withSteps(
                  line,
                  steps.map((step) => ({ ...step, days })),
                ),
              )
            }
          />
        </div>
      )}
    </div>
  );

  function nameOf(step: Step, place: number): string {
    if (step.at != null) return t(`orders.regimen.${step.at}`);
    if (pattern === 'alternating') return t(place === 0 ? 'orders.regimen.oneDay' : 'orders.regimen.otherDay');
    return t('orders.regimen.stage', { number: step.sequence });
  }
}
