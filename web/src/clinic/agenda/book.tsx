import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { useSites, type Appointment, type Slot } from '../data/agenda';
import type { PatientSummary } from '../data/patients';
import { answered } from '../data/saving';
import { appointments, unwrap } from '../data/server/client';
import { currentLanguage } from '../language/i18n';
import { explain } from '../language/refusals';
import { clock, HERE, wallClock } from '../language/zone';
import { PatientPicker } from '../patients/find';
import { FindSlot } from './find_slot';
import { useOverrule } from './overrule';
import { reschedule, type NewPlace } from './reschedule';
import { ScopeField, type SeriesScope } from './scope';
import { Conflicts, Dates, Repeat, type Recurrence } from './series';

type Whom = Pick<PatientSummary, 'id' | 'display_name'>;

interface BookProps {
  readonly opened: boolean;
  readonly practitioner: string | null;
  readonly site: string | null;
  readonly from: string;
  /** Who it is for, where that is known before. */
  readonly patient?: Whom;
  /** Moves this appointment instead of making one. */
  readonly moving?: Appointment;
  readonly onClose: () => void;
}

/** Patient, kind, free slot: the way to book, and the way to reschedule without dragging. */
export function BookAppointment(props: BookProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      size="lg"
      title={t(props.moving ? 'book.rescheduleTitle' : 'book.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form {...props} />
    </Modal>
  );
}

function Form({ practitioner, site, from, patient: known, moving, onClose }: BookProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const key = useRef(uuid7());
  const [patient, setPatient] = useState<Whom | undefined>(known);
  const [category, setCategory] = useState<string | null>(moving?.category ?? null);
  const [slot, setSlot] = useState<Slot>();
  const [reason, setReason] = useState('');
  const [rule, setRule] = useState<Recurrence>();
  const overrule = useOverrule();
  const [scope, setScope] = useState<SeriesScope>('this');
  const sites = useSites().data ?? [];
  const zone = sites.find((each) => each.id === slot?.site)?.zone ?? HERE;

  // Several are moved within their day; another date is for one.
  const several =
    moving?.series != null &&
    slot !== undefined &&
    wallClock(slot.start, zone).day === wallClock(moving.start, zone).day;

  const whom = () => {
    if (!patient) throw new Error('no patient was chosen');
    return { id: patient.id, display_name: patient.display_name, language: currentLanguage() };
  };
  const series = (chosen: Slot, repeated: Recurrence) => {
    const first = wallClock(chosen.start, zone);
    return {
      patient: whom(),
      practitioners: [chosen.practitioner],
      site: chosen.site,
      category: category ?? '',
      first_date: first.day,
      local_time: clock(first.minutes),
      minutes: chosen.minutes,
      rule: repeated,
      ...(reason.trim() !== '' && { reason }),
    };
  };
  const preview = useMutation({
    mutationFn: ({ chosen, repeated }: { readonly chosen: Slot; readonly repeated: Recurrence }) =>
      unwrap(appointments.POST('/appointments/series/preview', { body: series(chosen, repeated) })),
  });
  const saving = useMutation({
    mutationFn: async (chosen: Slot): Promise<unknown> => {
      if (moving) return reschedule(moving, placeOf(moving, chosen), several ? scope : 'this', overrule.given, zone);
      const params = { header: { 'Idempotency-Key': key.current } };
      if (rule) {
        // What the preview showed as taken is left out; anything else is refused as a whole.
        const conflicts = (preview.data?.conflicts ?? 0) > 0 ? 'skip' : 'refuse';
        return unwrap(
          appointments.POST('/appointments/series', { params, body: { ...series(chosen, rule), conflicts } }),
        );
      }
      const body = {
        patient: whom(),
        practitioners: [chosen.practitioner],
        site: chosen.site,
        category: category ?? '',
        start: chosen.start,
        minutes: chosen.minutes,
        ...overrule.given,
        ...(reason.trim() !== '' && { reason }),
      };
      return unwrap(appointments.POST('/appointments', { params, body }));
    },
    onSuccess: async () => {
      notifications.show({ message: t(moving ? 'book.moved' : 'book.done') });
      await queries.invalidateQueries({ queryKey: ['agenda'] });
      onClose();
    },
    onError: (error) => {
      if (answered(error)) key.current = uuid7();
      preview.reset();
      void queries.invalidateQueries({ queryKey: ['slots'] });
    },
  });
  const choose = (chosen: Slot | undefined) => {
    setSlot(chosen);
    preview.reset();
    saving.reset();
  };
  const repeat = (repeated: Recurrence | undefined) => {
    setRule(repeated);
    preview.reset();
  };

  const asked = overrule.after(saving.error);
  const refused = saving.error ?? preview.error;
  if (!moving && !patient) {
    return <PatientPicker onPick={setPatient} onRegister={() => void navigate('/patients/new')} />;
  }
  return (
    <Stack>
      <Text>
        <Text span c="dimmed">
          {t('book.patient')}:{' '}
        </Text>
        <Text span fw={600}>
          {patient?.display_name ?? moving?.patient.display_name}
        </Text>
      </Text>
      <FindSlot
        practitioner={practitioner}
        site={site}
        from={from}
        category={category}
        {...(!moving && { onCategory: setCategory })}
        chosen={slot}
        onChoose={choose}
      />
      {!moving && (
        <Textarea
          label={t('book.reason')}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {!moving && <Repeat rule={rule} onChange={repeat} />}
      {rule && preview.data && <Dates preview={preview.data} zone={zone} />}
      <div role="alert">
        {refused && (
          <Alert color="red">
            {explain(refused, t)}
            <Conflicts error={refused} />
          </Alert>
        )}
      </div>
      {several && <ScopeField scope={scope} onChange={setScope} />}
      {asked.control}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        {rule && !preview.data ? (
          <Button
            disabled={!slot}
            loading={preview.isPending}
            onClick={() => slot && preview.mutate({ chosen: slot, repeated: rule })}
          >
            {t('series.check')}
          </Button>
        ) : (
          <Button
            disabled={!slot || asked.blocked}
            loading={saving.isPending}
            onClick={() => slot && saving.mutate(slot)}
          >
            {t(moving ? 'agenda.reschedule' : 'book.submit')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** A slot may be another practitioner's or at another site. */
function placeOf(moving: Appointment, chosen: Slot): NewPlace {
  const [first, ...others] = moving.practitioners.map((p) => p.id);
  return {
    start: chosen.start,
    ...(first !== chosen.practitioner && { practitioners: [chosen.practitioner, ...others] }),
    ...(moving.site !== chosen.site && { site: chosen.site }),
  };
}
