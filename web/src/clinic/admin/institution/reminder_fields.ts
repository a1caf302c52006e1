/** The reminder policy as a person writes it: lead times in minutes, hours or days. */
import type { components } from '../../../api/appointments';

type Policy = components['schemas']['ReminderPolicy'];
type Body = components['schemas']['ReminderPolicyBody'];
type Channel = components['schemas']['ReminderChannel'];

export const CHANNELS = ['email', 'sms', 'whatsapp'] as const satisfies readonly Channel[];
export const UNITS = ['minutes', 'hours', 'days'] as const;
/** The most lead times that a policy has. */
export const LEADS = 4;

type Unit = (typeof UNITS)[number];

const MINUTES: Readonly<Record<Unit, number>> = { minutes: 1, hours: 60, days: 1440 };

interface Lead {
  readonly key: string;
  readonly amount: number | string;
  readonly unit: Unit;
}

export interface Fields {
  enabled: boolean;
  leads: Lead[];
  /** In the order in which they are tried. */
  channels: string[];
  /** `HH:MM`, or empty without quiet hours. */
  quiet_from: string;
  quiet_until: string;
}

/** In the largest unit that divides it: 1440 minutes are one day, 90 stay minutes. */
export function leadOf(minutes: number): Lead {
  const unit = [...UNITS].reverse().find((each) => minutes % MINUTES[each] === 0) ?? 'minutes';
  return { key: String(minutes), amount: minutes / MINUTES[unit], unit };
}

export function toFields(policy: Policy): Fields {
  return {
    enabled: policy.enabled,
    leads: [...policy.lead_minutes].sort((a, b) => b - a).map(leadOf),
    channels: [...policy.channels],
    quiet_from: policy.quiet_from?.slice(0, 5) ?? '',
    quiet_until: policy.quiet_until?.slice(0, 5) ?? '',
  };
}

export function fromFields(fields: Fields): Required<Body> {
  return {
    enabled: fields.enabled,
    lead_minutes: fields.leads.map(({ amount, unit }) => Math.round(Number(amount) * MINUTES[unit])),
    channels: fields.channels.flatMap((each) => CHANNELS.find((known) => known === each) ?? []),
    quiet_from: fields.quiet_from === '' ? null : fields.quiet_from,
    quiet_until: fields.quiet_until === '' ? null : fields.quiet_until,
  };
}
