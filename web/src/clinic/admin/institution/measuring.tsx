import { Button, Group, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { useChange, useSaving } from '../../data/saving';
import { ifMatch, patients, unwrap } from '../../data/server/client';
import { Confirm, Dialog } from '../../kit/dialogs';
import { Refused } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, RowButton } from '../../kit/table';
import { plain, symbol, UNITS, type VitalName } from '../../language/units';
import { LIMITS, VITALS, type OwnRange, type ShippedRange } from './measuring_fields';
import { RangeForm } from './measuring_form';

type Rules = components['schemas']['MeasuringRules'];

const RULES = ['admin', 'measuring-rules'] as const;
const EVERYBODY = 2400;

interface Edited {
  /** Its place among the institution's; none of a new one. */
  readonly place?: number;
  readonly range?: OwnRange | ShippedRange;
}

/** By which limits measurements are judged: the institution's own before those of the product. */
export function MeasuringPage() {
  const { t } = useTranslation();
  const rules = useQuery({ queryKey: RULES, queryFn: () => unwrap(patients.GET('/patients/measuring-rules')) });
  const shipped = useQuery({
    queryKey: ['shipped-ranges'],
    staleTime: Infinity,
    queryFn: () => unwrap(patients.GET('/patients/measuring-rules/shipped')),
  });
  const [edited, setEdited] = useState<Edited>();
  return (
    <Stack maw={980} gap="xl">
      <Loaded query={rules}>
        {(found) => (
          <>
            <Section title={t('measuring.altitude')} intro={t('measuring.altitudeIntro')}>
              <AltitudeForm key={found.version} rules={found} />
            </Section>
            <Section
              title={t('measuring.own')}
              intro={t('measuring.ownIntro')}
              action={<Button onClick={() => setEdited({})}>{t('measuring.add')}</Button>}
            >
              <OwnRanges rules={found} onEdit={setEdited} />
            </Section>
            <Dialog
              title={t(edited?.place === undefined ? 'measuring.add' : 'measuring.edit')}
              opened={edited !== undefined}
              onClose={() => setEdited(undefined)}
            >
              {edited && (
                <RangeForm
                  present={edited.range}
                  queryKey={RULES}
                  onSave={(range) => put(found, { ranges: placed(found, range, edited.place) })}
                  onClose={() => setEdited(undefined)}
                />
              )}
            </Dialog>
          </>
        )}
      </Loaded>
      <Section title={t('measuring.shipped')} intro={t('measuring.shippedIntro')}>
        <Loaded query={shipped}>
          {({ items }) => <ShippedRanges items={items} onCopy={(range) => setEdited({ range })} />}
        </Loaded>
      </Section>
    </Stack>
  );
}

function put(rules: Rules, change: Partial<Pick<Rules, 'altitude_m' | 'ranges'>>): Promise<Rules> {
  const body = { altitude_m: rules.altitude_m ?? null, ranges: rules.ranges, ...change };
  return unwrap(patients.PUT('/patients/measuring-rules', { params: { header: ifMatch(rules.version) }, body }));
}

function placed(rules: Rules, range: OwnRange, place: number | undefined): OwnRange[] {
  const present = rules.ranges;
  return place === undefined ? [...present, range] : present.map((one, index) => (index === place ? range : one));
}

function AltitudeForm({ rules }: { readonly rules: Rules }) {
  const { t } = useTranslation();
  const form = useForm<{ altitude: number | string }>({ initialValues: { altitude: rules.altitude_m ?? '' } });
  const saving = useSaving(form, RULES, ({ altitude }) =>
    put(rules, { altitude_m: altitude === '' ? null : Number(altitude) }),
  );
  return (
    <Paper p="md" component="form" noValidate onSubmit={saving.onSubmit} maw={480}>
      <Stack>
        <NumberInput
          label={t('measuring.metres')}
          min={-430}
          max={6000}
          allowDecimal={false}
          {...form.getInputProps('altitude')}
        />
        <Refused text={saving.refusal} />
        <Group>
          <Button type="submit" disabled={!form.isDirty()} loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

interface OwnProps {
  readonly rules: Rules;
  readonly onEdit: (edited: Edited) => void;
}

function OwnRanges({ rules, onEdit }: OwnProps) {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<number>();
  const ranges = rules.ranges;
  const save = useChange(
    RULES,
    (next: OwnRange[]) => put(rules, { ranges: next }),
    () => setLeaving(undefined),
  );
  const first = (place: number) => {
    const one = ranges[place];
    if (one) save.mutate([one, ...ranges.filter((_, index) => index !== place)]);
  };
  return (
    <>
      <Listing
        items={ranges.map((range, place) => ({ range, place }))}
        keyOf={({ place }) => String(place)}
        columns={[
          { label: t('measuring.vital'), cell: ({ range }) => <Text fw={600}>{t(`chart.vital.${range.vital}`)}</Text> },
          { label: t('measuring.who'), cell: ({ range }) => <Whom range={range} /> },
          { label: t('measuring.limits'), numeric: true, cell: ({ range }) => <Limits range={range} /> },
          { label: t('measuring.source'), cell: ({ range }) => <Text size="sm">{range.source}</Text> },
          {
            label: t('common.actions'),
            quiet: true,
            cell: ({ range, place }) => (
              <Group gap="xs" justify="flex-end">
                {place > 0 && (
                  <RowButton
                    label={t('measuring.first')}
                    of={t(`chart.vital.${range.vital}`)}
                    onClick={() => first(place)}
                  />
                )}
                <RowButton
                  label={t('common.edit')}
                  of={t(`chart.vital.${range.vital}`)}
                  onClick={() => onEdit({ place, range })}
                />
                <RowButton
                  label={t('admin.remove')}
                  of={t(`chart.vital.${range.vital}`)}
                  onClick={() => setLeaving(place)}
                />
              </Group>
            ),
          },
        ]}
      />
      {leaving !== undefined && (
        <Confirm
          opened
          title={t('measuring.remove')}
          body={t('measuring.removeBody')}
          action={t('admin.remove')}
          busy={save.isPending}
          error={save.error}
          onConfirm={() => save.mutate(ranges.filter((_, index) => index !== leaving))}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </>
  );
}

interface ShippedProps {
  readonly items: readonly ShippedRange[];
  readonly onCopy: (range: ShippedRange) => void;
}

function ShippedRanges({ items, onCopy }: ShippedProps) {
  const { t } = useTranslation();
  const [vital, setVital] = useState<VitalName>('oxygen_saturation');
  const known = VITALS.filter((each) => items.some((range) => range.vital === each));
  return (
    <>
      <Select
        label={t('measuring.vital')}
        maw={320}
        allowDeselect={false}
        data={known.map((value) => ({ value, label: t(`chart.vital.${value}`) }))}
        value={vital}
        onChange={(value) => setVital(known.find((each) => each === value) ?? 'oxygen_saturation')}
      />
      <Listing
        items={items.filter((range) => range.vital === vital).map((range, place) => ({ range, place }))}
        keyOf={({ place }) => `${vital} ${place}`}
        columns={[
          { label: t('measuring.who'), cell: ({ range }) => <Whom range={range} /> },
          { label: t('measuring.limits'), numeric: true, cell: ({ range }) => <Limits range={range} /> },
          { label: t('measuring.source'), cell: ({ range }) => <Text size="sm">{range.source}</Text> },
          {
            label: t('common.actions'),
            quiet: true,
            cell: ({ range }) => (
              <RowButton label={t('measuring.copy')} of={t(`chart.vital.${vital}`)} onClick={() => onCopy(range)} />
            ),
          },
        ]}
      />
    </>
  );
}

/** `5 años o más · mujeres · 3000–4000 m`. */
function Whom({ range }: { readonly range: OwnRange | ShippedRange }) {
  const { t } = useTranslation();
  const own: Partial<OwnRange> = range;
  const said = [ages(range.from_months, range.to_months)];
  if (range.sex != null) said.push(t(`measuring.sexes.${range.sex}`));
  if (own.pregnant != null) said.push(t(`measuring.pregnant.${own.pregnant ? 'yes' : 'no'}`));
  const { from_altitude_m: low, to_altitude_m: high } = own;
  if (low != null) said.push(t('measuring.aboveMetres', { low }));
  if (high != null) said.push(t('measuring.belowMetres', { high }));
  return <Text size="sm">{said.join(' · ')}</Text>;

  function ages(from: number, to: number): string {
    if (from === 0 && to >= EVERYBODY) return t('measuring.allAges');
    const whole = from % 12 === 0 && (to >= EVERYBODY || to % 12 === 0);
    const per = whole ? 12 : 1;
    const unit = t(`measuring.unit.${whole ? 'years' : 'months'}`);
    return to >= EVERYBODY
      ? t('measuring.since', { from: plain(from / per), unit })
      : t('measuring.between', { from: plain(from / per), to: plain(to / per), unit });
  }
}

/** `≤ 80 | 85 – 100 | –`: critically low, normal, critically high. */
function Limits({ range }: { readonly range: OwnRange | ShippedRange }) {
  const { t } = useTranslation();
  const unit = symbol(UNITS[range.vital][0]);
  return (
    <>
      {LIMITS.filter((name) => range[name] != null).map((name) => (
        <Text key={name} size="sm" style={{ whiteSpace: 'nowrap' }}>
          {t(`measuring.short.${name}`, { value: plain(range[name] ?? 0), unit })}
        </Text>
      ))}
    </>
  );
}
