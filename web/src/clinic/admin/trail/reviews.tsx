import { Anchor, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { components } from '../../../api/patients';
import { usePages } from '../../data/pages';
import { patients, unwrap } from '../../data/server/client';
import { AUDITOR, useHasRole } from '../../data/session/roles';
import { useSession } from '../../data/session/session';
import { usePeople } from '../../data/users';
import { Dialog } from '../../kit/dialogs';
import { Refusal } from '../../kit/forms';
import { useOnce } from '../../kit/once';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, More } from '../../kit/table';
import { dateAndTime } from '../../language/format';

type Reported = components['schemas']['ReportedAccess'];
type Outcome = components['schemas']['ReviewOutcome'];

const REVIEWS = ['admin', 'reviews'] as const;
const STATES = ['waiting', 'reviewed'] as const;

/** Accesses that nobody of the record's own team gave, until an auditor has looked at them. */
export function AuditReviews() {
  const { t } = useTranslation();
  const [state, setState] = useState<(typeof STATES)[number]>('waiting');
  const [looking, setLooking] = useState<Reported>();
  const reviewed = state === 'reviewed';
  const reports = usePages<Reported>([...REVIEWS, state], (cursor) =>
    unwrap(patients.GET('/patients/reported-accesses', { params: { query: { cursor, limit: 50, reviewed } } })),
  );
  return (
    <Section title={t('audit.reviews')} intro={t('audit.reviewsIntro')}>
      <SegmentedControl
        aria-label={t('audit.reviews')}
        value={state}
        onChange={(value) => setState(value === 'reviewed' ? 'reviewed' : 'waiting')}
        data={STATES.map((value) => ({ value, label: t(`audit.reviewState.${value}`) }))}
      />
      <Loaded query={reports}>
        {(items) => (
          <>
            {items.length === 0 && <Text c="dimmed">{t(`audit.noReviews.${state}`)}</Text>}
            {items.length > 0 && <List items={items} onLook={setLooking} />}
          </>
        )}
      </Loaded>
      <More query={reports} />
      <Dialog title={t('audit.review')} opened={looking !== undefined} onClose={() => setLooking(undefined)}>
        {looking && <Verdict report={looking} onDone={() => setLooking(undefined)} />}
      </Dialog>
    </Section>
  );
}

interface ListProps {
  readonly items: readonly Reported[];
  readonly onLook: (report: Reported) => void;
}

function List({ items, onLook }: ListProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const has = useHasRole();
  const nameOf = useNames();
  return (
    <Listing
      items={items}
      keyOf={(report) => report.id}
      columns={[
        { label: t('admin.when'), numeric: true, cell: (report) => dateAndTime(report.at) },
        { label: t('admin.actor'), cell: (report) => nameOf(report.user) },
        { label: t('audit.way'), cell: (report) => t(`audit.ways.${report.way}`) },
        {
          label: t('audit.ofPatient'),
          cell: (report) =>
            report.patient === null ? (
              '–'
            ) : (
              <Anchor component={Link} to={`/patients/${report.patient}`}>
                {t('audit.openPatient')}
              </Anchor>
            ),
        },
        {
          label: t('admin.outcome'),
          cell: (report) =>
            report.outcome ? (
              <>
                <Text size="sm">{t(`audit.verdict.${report.outcome}`)}</Text>
                <Text size="sm" c="dimmed">
                  {[nameOf(report.reviewed_by ?? ''), report.note ?? ''].filter((text) => text !== '').join(' · ')}
                </Text>
              </>
            ) : (
              has(AUDITOR) &&
              report.user !== me.id && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('audit.reviewOf', { name: nameOf(report.user), at: dateAndTime(report.at) })}
                  onClick={() => onLook(report)}
                >
                  {t('audit.review')}
                </Button>
              )
            ),
        },
      ]}
    />
  );
}

interface VerdictProps {
  readonly report: Reported;
  readonly onDone: () => void;
}

function Verdict({ report, onDone }: VerdictProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const once = useOnce();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const saying = useMutation({
    mutationFn: (outcome: Outcome) => {
      const body = { outcome, ...(note.trim() !== '' && { note: note.trim() }) };
      const params = { path: { report_id: report.id }, header: { 'Idempotency-Key': once(body) } };
      return unwrap(patients.POST('/patients/reported-accesses/{report_id}/review', { params, body }));
    },
    onSuccess: () => {
      notifications.show({ message: t('audit.reviewDone') });
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: REVIEWS }),
  });
  return (
    <Stack>
      <Text>
        {nameOf(report.user)} · {dateAndTime(report.at)}
      </Text>
      <Text>{t(`audit.ways.${report.way}`)}</Text>
      <Textarea
        label={t('audit.reviewNote')}
        description={t('audit.reviewNoteHelp')}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Refusal error={saying.error} />
      <Group justify="flex-end">
        <Button variant="default" color="red" loading={saying.isPending} onClick={() => saying.mutate('not_in_order')}>
          {t('audit.verdict.not_in_order')}
        </Button>
        <Button loading={saying.isPending} onClick={() => saying.mutate('in_order')}>
          {t('audit.verdict.in_order')}
        </Button>
      </Group>
    </Stack>
  );
}

function useNames(): (user: string) => string {
  const names = new Map(usePeople().map((user) => [user.id, user.display_name]));
  return (user) => names.get(user) ?? user;
}
