/** How doses and courses are written, in the user's language. */
import type { TFunction } from 'i18next';
import type { NewLine } from '../../data/orders';
import { numbersLocale } from '../../language/i18n';

export function number(value: number, digits = 10): string {
  return new Intl.NumberFormat(numbersLocale(), { maximumFractionDigits: digits }).format(value);
}

function frequency({ times, hours, as_needed: asNeeded }: NewLine['frequency'], t: TFunction): string {
  const rhythm =
    times === 1
      ? t('orders.every', { hours: number(hours) })
      : t('orders.timesEvery', { times: number(times), hours: number(hours) });
  return asNeeded === true ? `${rhythm}, ${t('orders.asNeeded')}` : rhythm;
}

type Step = NonNullable<NewLine['steps']>[number];

/** `1 tablet, oral, every 8 h, 7 days`; of a dose that changes, its parts with `+`, its stages with `→`. */
export function course(line: NewLine, t: TFunction): string {
  const steps = line.steps ?? [];
  const doses =
    steps.length === 0
      ? [`${number(line.dose.value)} ${line.dose.unit}`, frequency(line.frequency, t)]
      : [
          stages(steps)
            .map((parts) => stage(parts, t))
            .join(' → '),
        ];
  return [
    ...doses,
    t(`orders.route.${line.route}`),
    ...(stages(steps).length > 1 ? [] : [t('orders.days', { count: line.duration_days })]),
    ...(line.as_needed_for == null ? [] : [line.as_needed_for]),
    ...(line.max_doses_a_day == null ? [] : [t('orders.mostDoses', { count: line.max_doses_a_day })]),
    ...(line.continuous === true ? [t('orders.continuous')] : []),
  ].join(' · ');
}

/** Steps that go on together, in the order in which they follow one another. */
function stages(steps: readonly Step[]): readonly (readonly Step[])[] {
  const numbers = [...new Set(steps.map(({ sequence }) => sequence))];
  return numbers.map((each) => steps.filter(({ sequence }) => sequence === each));
}

function stage(parts: readonly Step[], t: TFunction): string {
  const said = parts.map(({ dose, at, frequency: rhythm }) =>
    [`${number(dose.value)} ${dose.unit}`, at == null ? frequency(rhythm, t) : t(`orders.regimen.${at}`)].join(' '),
  );
  return `${said.join(' + ')}, ${t('orders.days', { count: parts[0]?.days ?? 0 })}`;
}

/**
 * How many of the product's unit a course takes, when its doses are counted in that unit. The server
 * counts more (doses by weight, drops of a syrup) and asks about what does not fit.
 */
export function quantityOf(
  line: Pick<NewLine, 'dose' | 'frequency' | 'duration_days' | 'steps' | 'max_doses_a_day'>,
  unit: string,
): number | undefined {
  const parts = line.steps?.length ? line.steps : [{ ...line, days: line.duration_days }];
  let needed = 0;
  for (const { dose, frequency: rhythm, days } of parts) {
    if (dose.unit !== unit || dose.value <= 0 || rhythm.hours <= 0 || rhythm.times <= 0 || days <= 0) return undefined;
    const most = rhythm.as_needed === true ? (line.max_doses_a_day ?? Infinity) : Infinity;
    const doses = Math.min((days * 24 * rhythm.times) / rhythm.hours, most * days);
    needed += Math.max(1, Math.ceil(Number(doses.toFixed(6)))) * dose.value;
  }
  return Math.max(1, Math.ceil(Number(needed.toFixed(6))));
}
