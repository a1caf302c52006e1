import { expect, test } from 'vitest';
import { fromFields, leadOf, toFields } from './reminder_fields';

test.each([
  [1440, 1, 'days'],
  [120, 2, 'hours'],
  [90, 90, 'minutes'],
  [43_200, 30, 'days'],
])('%i minutes are shown as %i %s', (minutes, amount, unit) => {
  expect(leadOf(minutes)).toMatchObject({ amount, unit });
});

test('a policy that nobody changed is saved as it was', () => {
  const policy = {
    enabled: true,
    lead_minutes: [1440, 90],
    channels: ['whatsapp', 'email'] as ('whatsapp' | 'email')[],
    quiet_from: '21:00:00',
    quiet_until: '07:30:00',
    version: 3,
  };
  expect(fromFields(toFields(policy))).toEqual({
    enabled: true,
    lead_minutes: [1440, 90],
    channels: ['whatsapp', 'email'],
    quiet_from: '21:00',
    quiet_until: '07:30',
  });
});

test('empty quiet hours are none', () => {
  const none = {
    enabled: true,
    lead_minutes: [60],
    channels: ['sms' as const],
    quiet_from: null,
    quiet_until: null,
    version: 0,
  };
  expect(fromFields(toFields(none))).toMatchObject({ quiet_from: null, quiet_until: null });
});
