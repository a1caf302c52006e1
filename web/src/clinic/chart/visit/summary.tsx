import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entry as Recording } from '../../data/chart/entries';
import { useFormTitles } from '../../data/chart/forms';
import { useVisitContents, useVisitOrders, type VisitContents } from '../../data/chart/visit';
import type { Encounter } from '../../data/notes/notes';
import type { Entry } from '../../data/orders';
import { Loaded } from '../../kit/states';
import { Withheld } from '../../kit/withheld';
import lists from '../base/lists.module.css';
import { KINDS } from '../entries/model';
import { FilledCard } from '../forms/filled';
import { Late, signedAt } from './late';
import { Measured } from './measured';
import { Ordered } from './ordered';
import type { Shown } from './panel';
import { Recorded } from './recorded';

interface SummaryProps {
  readonly encounter: Encounter;
  /** Opens something that was ordered beside the note. */
  readonly onOpen?: ((shown: Shown) => void) | undefined;
  /** Whether links may lead away from it: not from what is read before a signature. */
  readonly linked?: boolean;
}

/**
 * What was diagnosed, measured, filled in, prescribed and ordered in an encounter: the same while it is
 * written, before it is signed, and afterwards. It is gathered from two services; what does not come is
 * said, so that nothing missing looks like nothing done.
 */
export function VisitSummary({ encounter, onOpen, linked = true }: SummaryProps) {
  const { t } = useTranslation();
  const contents = useVisitContents(encounter.patient, encounter.id);
  const ordered = useVisitOrders(encounter.patient, encounter.id);
  const signed = signedAt(encounter);
  const empty =
    contents.data !== undefined && ordered.data?.length === 0 && contents.data.withheld === 0 && isEmpty(contents.data);
  return (
    <Paper component="section" p="md" aria-label={t('visit.title')}>
      <Stack gap="md">
        <Title order={3} size="h4">
          {t('visit.title')}
        </Title>
        {empty && <Text c="dimmed">{t('visit.nothing')}</Text>}
        <Part query={contents} unread={t('visit.unreadRecord')}>
          {(found) => <OfTheRecord found={found} signed={signed} />}
        </Part>
        <Part query={ordered} unread={t('visit.unreadOrders')}>
          {(entries) =>
            entries.length > 0 && (
              <Section title={t('visit.ordered')}>
                <Ordered
                  patientId={encounter.patient}
                  entries={entries}
                  signed={signed}
                  onOpen={onOpen}
                  linked={linked}
                />
              </Section>
            )
          }
        </Part>
      </Stack>
    </Paper>
  );
}

/** How many prescriptions and orders of the encounter nobody has signed. */
export function unsigned(entries: readonly Entry[]): number {
  return entries.filter(({ status }) => status === 'draft').length;
}

function isEmpty({ withheld: _, ...parts }: VisitContents): boolean {
  return Object.values(parts).every((part) => part.length === 0);
}

interface PartProps<T> {
  readonly query: Parameters<typeof Loaded<T>>[0]['query'];
  readonly unread: string;
  readonly children: (data: T) => ReactNode;
}

function Part<T>({ query, unread, children }: PartProps<T>) {
  return (
    <>
      {query.isError && query.data === undefined && <Text fw={600}>{unread}</Text>}
      <Loaded query={query} rows={2}>
        {children}
      </Loaded>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={4} size="h6" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  );
}

interface FoundProps {
  readonly found: VisitContents;
  readonly signed: string | undefined;
}

function OfTheRecord({ found, signed }: FoundProps) {
  const { t } = useTranslation();
  const titleOf = useFormTitles(found.forms.length > 0);
  const measured = found.vitals.filter((set) => !set.entered_in_error);
  return (
    <>
      <Withheld count={found.withheld} />
      {recordedIn(found).map(({ kind, entries }) => (
        <Section
          key={kind.name}
          title={kind.name === 'problems' ? t('visit.diagnosed') : t(`lists.title.${kind.name}`)}
        >
          <Recorded kind={kind} entries={entries} signed={signed} />
        </Section>
      ))}
      {measured.length > 0 && (
        <Section title={t('encounter.vitals')}>
          <Stack gap="sm">
            {measured.map((set) => (
              <div key={set.id}>
                <Measured set={set} />
                <Late at={set.recorded_at} signed={signed} />
              </div>
            ))}
          </Stack>
        </Section>
      )}
      {found.forms.length > 0 && (
        <Section title={t('forms.title')}>
          <ul className={lists.list}>
            {found.forms.map((form) => (
              <FilledCard key={form.id} filled={form} title={titleOf(form.form)}>
                <Late at={form.recorded_at} signed={signed} />
              </FilledCard>
            ))}
          </ul>
        </Section>
      )}
      {found.documents.length > 0 && (
        <Section title={t('documents.title')}>
          <ul className={lists.list}>
            {found.documents.map(({ id, title, voided }) => (
              <li key={id} className={lists.line}>
                <Text td={voided ? 'line-through' : undefined} style={{ overflowWrap: 'anywhere' }}>
                  {title}
                </Text>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** The kinds of which something was recorded, diagnoses first. */
function recordedIn(found: VisitContents) {
  const all: readonly (readonly [(typeof KINDS)[keyof typeof KINDS], readonly Recording[]])[] = [
    [KINDS.problems, found.problems],
    [KINDS.allergies, found.allergies],
    [KINDS.medications, found.medications],
    [KINDS.procedures, found.procedures],
    [KINDS.immunizations, found.immunizations],
    [KINDS['family-history'], found.family_history],
    [KINDS['social-history'], found.social_history],
    [KINDS.consents, found.consents],
  ];
  return all.filter(([, entries]) => entries.length > 0).map(([kind, entries]) => ({ kind, entries }));
}
