/** @jsxImportSource preact */
import type { components } from '../api/orders';
import { counted, isKey, localeOf, type Language, type Translate } from '../locales/verify';

export type Verification = components['schemas']['Verification'];
export type Line = components['schemas']['VerifiedLine'];

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
  // Every digit of a dose, as on paper.
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 10 });
  const doses = regimen(line, number, language, t);
  return (
    <li data-stopped={line.stopped || undefined}>
      <strong>
        {line.name} {line.strength}
      </strong>
      , {line.form}
      <br />
      {doses.length > 1 ? (
        <ol>
          {doses.map((each, place) => (
            <li key={place}>{each}</li>
          ))}
        </ol>
      ) : (
        <>
          {doses[0]}
          <br />
        </>
      )}
      {line.max_doses_a_day !== null && (
        <>
          {t('mostDoses', { doses: line.max_doses_a_day })}
          <br />
        </>
      )}
      {line.continuous && (
        <>
          {t('continuous')}
          <br />
        </>
      )}
      {t('quantity', { quantity: number.format(line.quantity), unit: line.unit })}
      {line.dispensed !== null && (
        <>
          <br />
          {t('dispensed', { quantity: number.format(line.dispensed), unit: line.unit })}
        </>
      )}
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

type Part = Pick<Line, 'dose' | 'frequency'> & { readonly at?: Line['steps'][number]['at'] };

/** What is taken, one text for each stage; what goes on together is joined by `+`. */
export function regimen(line: Line, number: Intl.NumberFormat, language: Language, t: Translate): readonly string[] {
  const said = ({ dose, frequency: { times, hours, as_needed: asNeeded }, at }: Part) =>
    [
      `${number.format(dose.value)} ${dose.unit}`,
      at == null ? often(times, hours, t) : t(`at.${at}`),
      ...(asNeeded ? [t('asNeeded')] : []),
    ].join(' · ');
  const stages = [...new Set(line.steps.map(({ sequence }) => sequence))];
  if (stages.length === 0) return [`${said(line)} · ${counted('days', line.duration_days, language, t)}`];
  return stages.map((stage) => {
    const parts = line.steps.filter(({ sequence }) => sequence === stage);
    return `${parts.map(said).join(' + ')} · ${counted('days', parts[0]?.days ?? 0, language, t)}`;
  });
}

/** A calendar date as it is, or a moment's date in a zone. */
function day(moment: string, locale: string, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(new Date(moment));
}
