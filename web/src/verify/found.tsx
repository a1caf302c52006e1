/** @jsxImportSource preact */
import type { components } from '../api/orders';
import { isKey, LOCALES, type Language, type Translate } from '../locales/verify';

export type Verification = components['schemas']['Verification'];
export type Line = components['schemas']['VerifiedLine'];

interface FoundProps {
  readonly found: Verification;
  readonly language: Language;
  readonly t: Translate;
}

/** The verdict first, then what to compare with the paper. */
export function Found({ found, language, t }: FoundProps) {
  const kind = `kind.${found.kind}`;
  const status = `status.${found.status}`;
  const period = found.period_begin != null && found.period_end != null;
  const facts: readonly (readonly [string, string])[] = [
    [t('status'), isKey(status) ? t(status) : found.status],
    [t('issued'), day(found.issued_at, language, found.zone ?? 'UTC')],
    ...(found.valid_until === null ? [] : [[t('until'), day(found.valid_until, language)] as const]),
    [t('institution'), found.institution],
    [t('prescriber'), found.prescriber],
    [t('registration'), `${found.registration.type} ${found.registration.number}`],
    [t('patient'), `${found.patient_initials} · ${found.patient_birth_year}`],
    ...(period
      ? [
          [
            t('period'),
            `${day(found.period_begin ?? '', language)} – ${day(found.period_end ?? '', language)}`,
          ] as const,
        ]
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
              <OneLine key={place} line={line} language={language} t={t} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function OneLine({ line, language, t }: { readonly line: Line; readonly language: Language; readonly t: Translate }) {
  // Every digit of a dose, as on paper.
  const number = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 10 });
  const doses = regimen(line, number, t);
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
      {line.controlled && <span class="tag"> {t('controlled')}</span>}
      {!line.substitution_allowed && <span class="tag"> {t('noSubstitution')}</span>}
      {line.stopped && <span class="tag stop"> {t('stopped')}</span>}
    </li>
  );
}

type Part = Pick<Line, 'dose' | 'frequency'> & { readonly at?: Line['steps'][number]['at'] };

/** What is taken, one text for each stage; what goes on together is joined by `+`. */
export function regimen(line: Line, number: Intl.NumberFormat, t: Translate): readonly string[] {
  const said = ({ dose, frequency: { times, hours, as_needed: asNeeded }, at }: Part) =>
    [
      `${number.format(dose.value)} ${dose.unit}`,
      at == null ? (times === 1 ? t('every', { hours }) : t('timesEvery', { times, hours })) : t(`at.${at}`),
      ...(asNeeded ? [t('asNeeded')] : []),
    ].join(' · ');
  const stages = [...new Set(line.steps.map(({ sequence }) => sequence))];
  if (stages.length === 0) return [`${said(line)} · ${t('days', { days: line.duration_days })}`];
  return stages.map((stage) => {
    const parts = line.steps.filter(({ sequence }) => sequence === stage);
    return `${parts.map(said).join(' + ')} · ${t('days', { days: parts[0]?.days ?? 0 })}`;
  });
}

/** A calendar date as it is, or a moment's date in a zone. */
function day(moment: string, language: Language, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone }).format(new Date(moment));
}
