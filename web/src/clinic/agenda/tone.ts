import type { Status } from '../data/agenda';

/** Five tones tell thirteen states apart at a glance; the words beside them tell exactly. */
export type Tone = 'ahead' | 'here' | 'live' | 'done' | 'off';

const TONES: Readonly<Record<Status, Tone>> = {
  pending: 'ahead',
  booked: 'ahead',
  reminded: 'ahead',
  confirmed: 'ahead',
  arrived: 'here',
  late: 'here',
  in_room: 'live',
  in_call: 'live',
  checked_out: 'done',
  left: 'off',
  no_show: 'off',
  cancelled: 'off',
  cancelled_late: 'off',
};

export function toneOf(status: Status): Tone {
  return TONES[status];
}
