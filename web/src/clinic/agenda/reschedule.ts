import type { Appointment } from '../data/agenda';
import { appointments, ifMatch, unwrap, unwrapVersioned } from '../data/server/client';
import { clock, wallClock } from '../language/zone';
import type { Given } from './overrule';
import type { SeriesScope } from './scope';

/** Where an appointment goes; what is not named stays. */
export interface NewPlace {
  readonly start: string;
  readonly practitioners?: string[];
  readonly site?: string;
}

/** Moves one appointment, or with it those of its series that the scope names to the same hour of their days. */
export async function reschedule(
  appointment: Appointment,
  { start, ...place }: NewPlace,
  scope: SeriesScope,
  given: Given,
  zone: string,
): Promise<unknown> {
  const change = { minutes: appointment.minutes, ...place };
  if (appointment.series === null || scope === 'this') {
    const params = { path: { appointment_id: appointment.id }, header: ifMatch(appointment.version) };
    return unwrap(
      appointments.POST('/appointments/{appointment_id}/reschedule', { params, body: { start, ...change, ...given } }),
    );
  }
  const path = { series_id: appointment.series };
  const [, version] = await unwrapVersioned(appointments.GET('/appointments/series/{series_id}', { params: { path } }));
  const { outside_hours } = given; // a series is not overbooked
  const which = { scope, ...(scope === 'following' && { day: appointment.day }) };
  const body = { ...which, ...change, outside_hours, local_time: clock(wallClock(start, zone).minutes) };
  const params = { path, header: { 'If-Match': version } };
  return unwrap(appointments.POST('/appointments/series/{series_id}/reschedule', { params, body }));
}
