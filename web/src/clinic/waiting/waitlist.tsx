import { Alert, Badge, Button, Group, Modal, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconClockUp, IconStethoscope } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { type Site, titleOf, useCategories, usePractitioners, useSites } from '../data/agenda';
import type { PatientSummary } from '../data/patients';
import { appointments, ifMatch, unwrap } from '../data/server/client';
import { useWaitingList, type WaitingEntry } from '../data/waiting_list';
import { Empty, Loaded } from '../kit/states';
import { day, dayAndTime, time } from '../language/format';
import { explain } from '../language/refusals';
import { specialtyName } from '../language/specialties';
import { PatientPicker } from '../patients/find';
import { WaitForm } from './wait_form';

/** Who would come earlier if a slot were freed, and the slots that are held for them. */
export function WaitlistPage() {
  const { t } = useTranslation();
  const sites = useSites();
  const [chosen, setChosen] = useState<string>();
  const [editing, setEditing] = useState<Editing>();
  const site = sites.data?.find((each) => each.id === chosen) ?? sites.data?.[0];
  return (
    <Stack maw={980}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1} size="h2">
            {t('waitlist.title')}
          </Title>
          <Text c="dimmed">{t('waitlist.intro')}</Text>
        </div>
        <Group align="flex-end">
          {sites.data && sites.data.length > 1 && (
            <Select
              label={t('agenda.site')}
              allowDeselect={false}
              data={sites.data.map((each) => ({ value: each.id, label: each.name }))}
              value={site?.id ?? null}
              onChange={(id) => id !== null && setChosen(id)}
            />
          )}
          <Button disabled={!site} onClick={() => setEditing('new')}>
            {t('waitlist.add')}
          </Button>
        </Group>
      </Group>
      <Loaded query={sites}>
        {() =>
          site ? (
            <AtSite site={site} editing={editing} onEdit={setEditing} />
          ) : (
            <Empty icon={IconStethoscope} title={t('agenda.noPractitioners')} body={t('agenda.noPractitionersBody')} />
          )
        }
      </Loaded>
    </Stack>
  );
}

type Editing = WaitingEntry | 'new' | undefined;

interface AtSiteProps {
  readonly site: Site;
  readonly editing: Editing;
  readonly onEdit: (editing: Editing) => void;
}

function AtSite({ site, editing, onEdit }: AtSiteProps) {
  const { t } = useTranslation();
  const waiting = useWaitingList(site.id);
  const close = () => onEdit(undefined);
  return (
    <>
      <Loaded query={waiting}>
        {(items) =>
          items.length === 0 ? (
            <Paper p="md">
              <Empty icon={IconClockUp} title={t('waitlist.empty')} body={t('waitlist.emptyBody')} />
            </Paper>
          ) : (
            <Stack component="ul" p={0} m={0} gap="xs">
              {items.map((entry) => (
                <Row key={entry.id} entry={entry} zone={site.zone} onEdit={() => onEdit(entry)} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal
        opened={editing !== undefined}
        onClose={close}
        size="lg"
        title={t(editing === 'new' ? 'waitlist.add' : 'waitlist.change')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {editing === 'new' && <Add site={site} onClose={close} />}
        {editing !== undefined && editing !== 'new' && (
          <WaitForm patient={editing.patient} site={site} entry={editing} onClose={close} />
        )}
      </Modal>
    </>
  );
}

function Add({ site, onClose }: { readonly site: Site; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [patient, setPatient] = useState<PatientSummary>();
  if (!patient) return <PatientPicker onPick={setPatient} onRegister={() => void navigate('/patients/new')} />;
  return <WaitForm patient={patient} site={site} entry={undefined} onClose={onClose} />;
}

const COLOURS = { urgent: 'red', soon: 'orange', routine: 'gray' } as const;

interface RowProps {
  readonly entry: WaitingEntry;
  readonly zone: string;
  readonly onEdit: () => void;
}

function Row({ entry, zone, onEdit }: RowProps) {
  const { t } = useTranslation();
  const category = useCategories().data?.find((each) => each.code === entry.category);
  const people = usePractitioners().data ?? [];
  const names = entry.practitioners.map((id) => people.find((p) => p.id === id)?.name ?? '').filter(Boolean);
  const whom =
    names.length > 0 ? names.join(', ') : entry.specialty === null ? t('book.anybody') : specialtyName(entry.specialty);
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Text component={Link} to={`/patients/${entry.patient.id}`} fw={600} c="inherit">
              {entry.patient.display_name}
            </Text>
            <Badge variant="light" tt="none" color={COLOURS[entry.urgency]}>
              {t(`waitlist.${entry.urgency}`)}
            </Badge>
          </Group>
          <Text size="sm">
            {category ? titleOf(category) : entry.category} · {whom}
          </Text>
          <Text size="sm" c="dimmed">
            {t('waitlist.since', { date: day(entry.created_at.slice(0, 10)) })}
            {entry.note ? ` · ${entry.note}` : ''}
          </Text>
        </div>
        {entry.status === 'waiting' && (
          <Button
            size="xs"
            variant="default"
            aria-label={`${t('common.edit')}: ${entry.patient.display_name}`}
            onClick={onEdit}
          >
            {t('common.edit')}
          </Button>
        )}
      </Group>
      {entry.status === 'offered' && entry.offer && <Offered entry={entry} zone={zone} />}
    </Paper>
  );
}

/** Whether the patient knows already, or has to be called. */
function toldOf({ notice }: NonNullable<WaitingEntry['offer']>, t: TFunction): string {
  if (!notice) return t('waitlist.notTold');
  if (notice.outcome === 'sent') {
    return t('waitlist.told', { channel: t(`reminderChannel.${notice.channel ?? 'email'}`), moment: time(notice.at) });
  }
  return notice.outcome === 'planned' || notice.outcome === 'sending'
    ? t('waitlist.telling')
    : t('waitlist.couldNotTell');
}

/** A freed slot that is held for this patient until somebody has asked him. */
function Offered({ entry, zone }: { readonly entry: WaitingEntry; readonly zone: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [key] = useState(uuid7);
  const path = { waiting_id: entry.id };
  const options = {
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['waiting-list'] }),
        queries.invalidateQueries({ queryKey: ['agenda'] }),
      ]),
    onError: (error: Error) => notifications.show({ color: 'red', message: explain(error, t) }),
  };
  const accept = useMutation({
    ...options,
    mutationFn: () =>
      unwrap(
        appointments.POST('/appointments/waiting-list/{waiting_id}/accept', {
          params: { path, header: { 'Idempotency-Key': key } },
        }),
      ),
    onSuccess: () => notifications.show({ message: t('book.done') }),
  });
  const decline = useMutation({
    ...options,
    mutationFn: () =>
      unwrap(
        appointments.POST('/appointments/waiting-list/{waiting_id}/decline', {
          params: { path, header: ifMatch(entry.version) },
          body: {},
        }),
      ),
  });
  if (!entry.offer) return null;
  return (
    <Alert color="lake" mt="sm" title={t('waitlist.held')}>
      <Group justify="space-between">
        <div>
          <Text className="numeric" fw={600}>
            {dayAndTime(entry.offer.start, zone)} · {entry.offer.practitioner_name}
          </Text>
          <Text size="sm">{toldOf(entry.offer, t)}</Text>
          <Text size="sm">{t('waitlist.until', { moment: dayAndTime(entry.offer.expires_at, zone) })}</Text>
        </div>
        <Group gap="xs">
          <Button variant="default" loading={decline.isPending} onClick={() => decline.mutate()}>
            {t('waitlist.decline')}
          </Button>
          <Button loading={accept.isPending} onClick={() => accept.mutate()}>
            {t('waitlist.accept')}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
