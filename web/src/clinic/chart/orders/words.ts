/** How doses and courses are written, in the user's language. */
import type { TFunction } from 'i18next';
import type { NewLine } from '../../data/orders';
import { numbersLocale } from '../../language/i18n';

export function number(value: number, digits = 3): string {
  return new Intl.NumberFormat(numbersLocale(), { maximumFractionDigits: digits }).format(value);
}

function frequency({ times, hours, as_needed: asNeeded }: NewLine['frequency'], t: TFunction): string {
  const rhythm =
    times === 1
      ? t('orders.every', { hours: number(hours) })
      : t('orders.timesEvery', { times: number(times), hours: number(hours) });
  return asNeeded === true ? `${rhythm}, ${t('orders.asNeeded')}` : rhythm;
}

/** `1 tablet, oral, every 8 h, 7 days`. */
export function course(line: NewLine, t: TFunction): string {
  return [
    ...(line.steps ?? []).map(
      (step) =>
        `${number(step.dose.value)} ${step.dose.unit}, ${frequency(step.frequency, t)}, ${t('orders.days', { count: step.days })}`,
    ),
    ...(line.steps?.length ? [] : [`${number(line.dose.value)} ${line.dose.unit}`]),
    t(`orders.route.${line.route}`),
    ...(line.steps?.length ? [] : [frequency(line.frequency, t)]),
    t('orders.days', { count: line.duration_days }),
    ...(line.continuous === true ? [t('orders.continuous')] : []),
  ].join(' · ');
}

/** How many of the product's unit a course takes, when the dose is counted in that unit. */
export function quantityOf(
  line: Pick<NewLine, 'dose' | 'frequency' | 'duration_days'>,
  unit: string,
): number | undefined {
  if (line.dose.unit !== unit || line.dose.value <= 0 || line.frequency.hours <= 0 || line.duration_days <= 0)
    return undefined;
  const doses = Math.ceil((line.duration_days * 24 * line.frequency.times) / line.frequency.hours);
  return Math.max(1, Math.ceil(Number((doses * line.dose.value).toFixed(6))));
}
