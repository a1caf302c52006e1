/** @jsxImportSource preact */
import type { components } from '../api/orders';
import { counted, isKey, localeOf, type Language, type Translate } from '../locales/verify';

export type Verification = components['schemas']['Verification'];
type Line = components['schemas']['VerifiedLine'];

interface FoundProps {
  readonly found: Verification;
  readonly language: Language;
  readonly t: Translate;
}

/** The verdict first, then what to compare with the paper. */
export function Found({ found, language, t }: FoundProps) {
  const locale = localeOf(language, found.country);
  const kind = `kind.${found.kind}`;
  const status = `status.${found.status}`;
  const period = found.period_begin != null && found.period_end != null;
  const facts: readonly (readonly [string, string])[] = [
    [t('status'), isKey(status) ? t(status) : found.status],
    [t('issued'), day(found.issued_at, locale, found.zone ?? 'UTC')],
    ...(found.valid_until === null ? [] : [[t('until'), day(found.valid_until, locale)] as const]),
    [t('institution'), found.institution],
    [t('prescriber'), found.prescriber],
    [t('registration'), `${found.registration.type} ${found.registration.number}`],
    [t('patient'), `${found.patient_initials} · ${found.patient_birth_year}`],
    ...(found.qualified_signature?.state === 'signed'
      ? [
          [
            t('qualified'),
            [found.qualified_signature.signer, found.qualified_signature.issuer].filter(Boolean).join(' · '),
          ] as const,
        ]
      : found.qualified_signature?.state === 'waiting'
        ? [[t('qualified'), t('qualifiedWaiting')] as const]
        : []),
    ...(period
      ? [[t('period'), `${day(found.period_begin ?? '', locale)} – ${day(found.period_end ?? '', locale)}`] as const]
      : []),
  ];
  return (
    <section class="card paper" data-valid={found.valid ? 'yes' : 'no'}>
      <p class="verify-mark">
        <span aria-hidden="true">{found.valid ? '✓' : '✕'}</span> {t(found.valid ? 'valid' : 'invalid')}
      </p>
      <h2>{isKey(kind) ? t(kind) : found.kind}</h2>
      <p>{t('compare')}</p>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {found.lines.length > 0 && (
        <>
          <h2>{t('lines')}</h2>
          <ol class="lines">
            {found.lines.map((line, place) => (
              <OneLine key={place} line={line} language={language} locale={locale} t={t} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

interface OneLineProps {
  readonly line: Line;
  readonly language: Language;
  readonly locale: string;
  readonly t: Translate;
}

function OneLine({ line, language, locale, t }: OneLineProps) {
  const number = new Intl.NumberFormat(locale);
  const dosed = ({ dose, frequency }: Pick<Line, 'dose' | 'frequency'>, days: number) =>
    [
      `${number.format(dose.value)} ${dose.unit}`,
      often(frequency.times, frequency.hours, t),
      ...(frequency.as_needed ? [t('asNeeded')] : []),
      counted('days', days, language, t),
    ].join(' · ');
  const steps = line.steps.map((step) => `${step.sequence}. ${dosed(step, step.days)}`);
  const course = steps.length > 0 ? steps : [dosed(line, line.duration_days)];
  return (
    <li data-stopped={line.stopped || undefined}>
      <strong>
        {line.name} {line.strength}
      </strong>
      , {line.form}
      <br />
      {course.map((step, place) => (
        <span key={place}>
          {step}
          <br />
        </span>
      ))}
      {t('quantity', { quantity: number.format(line.quantity), unit: line.unit })}
      {line.continuous && <span class="tag"> {t('continuous')}</span>}
      {line.controlled && <span class="tag"> {t('controlled')}</span>}
      {!line.substitution_allowed && <span class="tag"> {t('noSubstitution')}</span>}
      {line.stopped && <span class="tag stop"> {t('stopped')}</span>}
    </li>
  );
}

function often(times: number, hours: number, t: Translate): string {
  if (hours === 1) return times === 1 ? t('everyHour') : t('timesEveryHour', { times });
  return times === 1 ? t('every', { hours }) : t('timesEvery', { times, hours });
}

/** A calendar date as it is, or a moment's date in a zone. */
function day(moment: string, locale: string, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(new Date(moment));
}
