import { Badge, Group, NativeSelect, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import type { SheetLine } from '../data/pharmacy';
import { number } from '../language/format';
import { isSubstitute, proposed, skips, total, type Pick } from './picking';

interface LineFormProps {
  readonly line: SheetLine;
  /** None where nothing may be given. */
  readonly pick: Pick | undefined;
  readonly onChange: (pick: Pick) => void;
}

/** A line of the prescription: which product, how much of which lot, and why if not as proposed. */
export function LineForm({ line, pick, onChange }: LineFormProps) {
  const { t } = useTranslation('pharmacy');
  const choice = line.choices.find(({ item }) => item === pick?.item);
  const unit = line.product.unit;
  return (
    <Paper p="md" component="section" aria-label={line.product.name}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text fw={600}>
              {line.product.name} {line.product.strength} {line.product.form}
            </Text>
            <Text size="sm" c="dimmed">
              {t('line.amounts', {
                quantity: number(line.quantity),
                dispensed: number(line.dispensed),
                remaining: number(line.remaining),
                unit,
              })}
            </Text>
            {line.instructions !== null && <Text size="sm">{line.instructions}</Text>}
          </div>
          <Group gap={6}>
            {line.product.controlled && (
              <Badge variant="light" tt="none" color="grape">
                {t('controlled')}
              </Badge>
            )}
            {line.stopped && (
              <Badge variant="light" tt="none" color="red">
                {t('line.stopped')}
              </Badge>
            )}
            {!line.substitution_allowed && (
              <Badge variant="light" tt="none" color="gray">
                {t('line.noSubstitution')}
              </Badge>
            )}
          </Group>
        </Group>
        {pick && line.remaining > 0 && line.choices.every(({ lots }) => lots.length === 0) && (
          <Text c="var(--mantine-color-error)">{t('line.none')}</Text>
        )}
        {pick && line.choices.length > 1 && (
          <NativeSelect
            label={t('line.product')}
            value={pick.item}
            data={line.choices.map((each) => ({
              value: each.item,
              label: each.substitute ? t('line.substitute', { name: each.name }) : each.name,
            }))}
            onChange={(event) => onChange(proposed(line, event.currentTarget.value))}
          />
        )}
        {pick && (
          <Group align="flex-end">
            {(choice?.lots ?? []).map(({ lot }) => (
              <NumberInput
                key={lot.lot}
                label={`${t('lot')} ${lotText(lot.lot)}`}
                description={t('line.there', { balance: number(lot.balance), unit })}
                w={210}
                min={0}
                max={Math.min(lot.balance, line.remaining)}
                allowDecimal={false}
                allowNegative={false}
                value={pick.lots[lot.lot] ?? 0}
                onChange={(value) => onChange({ ...pick, lots: { ...pick.lots, [lot.lot]: Number(value) } })}
              />
            ))}
          </Group>
        )}
        {pick && total(pick) > line.remaining && (
          <Text role="alert" c="var(--mantine-color-error)">
            {t('line.beyond', { remaining: number(line.remaining), unit })}
          </Text>
        )}
        {pick && skips(line, pick) && (
          <TextInput
            label={t('line.lotReason')}
            withAsterisk
            maxLength={200}
            value={pick.lotReason}
            onChange={(event) => onChange({ ...pick, lotReason: event.currentTarget.value })}
          />
        )}
        {pick && isSubstitute(line, pick) && (
          <TextInput
            label={t('line.substitutionReason')}
            withAsterisk
            maxLength={200}
            value={pick.substitutionReason}
            onChange={(event) => onChange({ ...pick, substitutionReason: event.currentTarget.value })}
          />
        )}
      </Stack>
    </Paper>
  );
}
