import { Button, CloseButton, Fieldset, Group, NativeSelect, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Site } from '../../data/agenda';
import { UNITS, type VitalName } from '../../language/units';
import type { Filled, Reason } from './entry_body';

const METHODS = ['axillary', 'oral', 'tympanic', 'rectal', 'forehead'] as const;
const CONSCIOUSNESS = ['alert', 'confused', 'voice', 'pain', 'unresponsive'] as const;
const OXYGEN = ['air', 'supplemental'] as const;
const OEDEMA = ['none', 'mild', 'moderate', 'severe'] as const;
const REASONS = ['undetectable', 'declined', 'unable', 'no-equipment', 'instrument-error', 'not-done'] as const;
const DERIVED: readonly string[] = ['bmi', 'mean_pressure'];

interface PartProps {
  readonly filled: Filled;
  readonly onChange: (change: Partial<Filled>) => void;
}

/** How a small child's length was taken: two plain choices, the usual one for the age chosen already. */
export function Posture({ lying, onChoose }: { readonly lying: boolean; readonly onChoose: (lying: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t('vitals.posture.label')}
      value={lying ? 'lying' : 'standing'}
      onChange={(value) => onChoose(value === 'lying')}
    >
      <Group mt={4}>
        <Radio value="lying" label={t('vitals.posture.lying')} />
        <Radio value="standing" label={t('vitals.posture.standing')} />
      </Group>
    </Radio.Group>
  );
}

export function Method({ filled, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={t('vitals.method.label')}
      value={filled.method}
      data={[{ value: '', label: '—' }, ...METHODS.map((each) => ({ value: each, label: t(`vitals.method.${each}`) }))]}
      onChange={(event) => onChange({ method: event.currentTarget.value })}
    />
  );
}

/** Whether somebody is awake and on oxygen: without it there is no NEWS2. */
export function Awake({ filled, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        label={t('vitals.consciousness.label')}
        value={filled.consciousness}
        data={[
          { value: '', label: '—' },
          ...CONSCIOUSNESS.map((each) => ({ value: each, label: t(`vitals.consciousness.${each}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          onChange({ consciousness: CONSCIOUSNESS.find((each) => each === value) ?? '' })
        }
      />
      <NativeSelect
        label={t('vitals.oxygen.label')}
        value={filled.oxygen}
        data={[
          { value: '', label: '—' },
          ...OXYGEN.map((each) => ({ value: each, label: t(`vitals.oxygen.${each}`) })),
        ]}
        onChange={({ currentTarget: { value } }) => onChange({ oxygen: OXYGEN.find((each) => each === value) ?? '' })}
      />
    </>
  );
}

export function OedemaField({ filled, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={t('vitals.oedema.label')}
      value={filled.oedema}
      data={[{ value: '', label: '—' }, ...OEDEMA.map((each) => ({ value: each, label: t(`vitals.oedema.${each}`) }))]}
      onChange={({ currentTarget: { value } }) => onChange({ oedema: OEDEMA.find((each) => each === value) ?? '' })}
    />
  );
}

/** Where it is measured: the site's altitude decides which oxygen saturation is low. */
export function Where({ filled, sites, onChange }: PartProps & { readonly sites: readonly Site[] }) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={t('vitals.site')}
      value={filled.site ?? ''}
      data={[{ value: '', label: '—' }, ...sites.map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={({ currentTarget: { value } }) => onChange({ site: value === '' ? undefined : value })}
    />
  );
}

/** Values that could not be taken, each with its reason: it may be urgent. */
export function NotMeasured({ filled, onChange }: PartProps) {
  const { t } = useTranslation();
  const [vital, choose] = useState<VitalName>('systolic');
  const [reason, give] = useState<Reason>('undetectable');
  const names = (Object.keys(UNITS) as VitalName[]).filter((each) => !DERIVED.includes(each));
  const chosen = Object.entries(filled.absent) as [VitalName, Reason][];
  return (
    <Fieldset legend={t('vitals.absent.title')}>
      <Stack gap="xs">
        {chosen.map(([each, why]) => (
          <Group key={each} gap="xs">
            <Text size="sm">
              {t('vitals.absent.line', { vital: t(`vitals.name.${each}`), reason: t(`vitals.absent.${why}`) })}
            </Text>
            <CloseButton
              size="sm"
              aria-label={t('vitals.absent.remove', { vital: t(`vitals.name.${each}`) })}
              onClick={() => onChange({ absent: Object.fromEntries(chosen.filter(([other]) => other !== each)) })}
            />
          </Group>
        ))}
        <Group align="end" gap="sm">
          <NativeSelect
            label={t('vitals.absent.what')}
            value={vital}
            data={names.map((each) => ({ value: each, label: t(`vitals.name.${each}`) }))}
            onChange={({ currentTarget: { value } }) => choose(names.find((each) => each === value) ?? 'systolic')}
          />
          <NativeSelect
            label={t('vitals.absent.why')}
            value={reason}
            data={REASONS.map((each) => ({ value: each, label: t(`vitals.absent.${each}`) }))}
            onChange={({ currentTarget: { value } }) => give(REASONS.find((each) => each === value) ?? 'not-done')}
          />
          <Button variant="light" onClick={() => onChange({ absent: { ...filled.absent, [vital]: reason } })}>
            {t('vitals.absent.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
