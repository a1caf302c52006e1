import { describe, expect, it } from 'vitest';
import { faultsOf, fromFields, toFields, type OwnRange } from './measuring_fields';

const HIGHLANDERS: OwnRange = {
  vital: 'oxygen_saturation',
  sex: null,
  pregnant: null,
  from_months: 60,
  to_months: 2400,
  from_altitude_m: 3000,
  to_altitude_m: 4000,
  critical_low: 80,
  low: 85,
  high: null,
  critical_high: null,
  source: 'Norma de la red, 2026',
};
const NEWBORNS: OwnRange = {
  ...HIGHLANDERS,
  vital: 'temperature',
  sex: 'female',
  pregnant: false,
  from_months: 0,
  to_months: 3,
  from_altitude_m: null,
  to_altitude_m: null,
  critical_low: 35.5,
  low: 36.5,
  high: 37.5,
  critical_high: null,
};

describe('a range of the institution', () => {
  it.each([HIGHLANDERS, NEWBORNS])('comes back from its form as it was', (range) => {
    expect(fromFields(toFields(range))).toEqual(range);
  });

  it('takes a decimal comma', () => {
    expect(fromFields({ ...toFields(NEWBORNS), high: '37,8' }).high).toBe(37.8);
  });

  it('needs a limit, limits that rise, and somebody who says so', () => {
    const good = toFields(NEWBORNS);
    expect(Object.fromEntries(faultsOf(good))).toEqual({});
    expect(Object.fromEntries(faultsOf({ ...good, critical_low: '36,9' }))).toEqual({ low: 'order' });
    expect(Object.fromEntries(faultsOf({ ...good, high: 'alta' }))).toEqual({ high: 'figure' });
    expect(Object.fromEntries(faultsOf({ ...good, critical_low: '', low: '', high: '' }))).toEqual({ low: 'noLimit' });
    expect(Object.fromEntries(faultsOf({ ...good, source: ' ' }))).toEqual({ source: 'source' });
  });

  it('begins before it ends, in years and in metres', () => {
    const good = toFields(HIGHLANDERS);
    expect(Object.fromEntries(faultsOf({ ...good, to: 5 }))).toEqual({ to: 'ages' });
    expect(Object.fromEntries(faultsOf({ ...good, highest: 3000 }))).toEqual({ highest: 'altitudes' });
    expect(Object.fromEntries(faultsOf({ ...good, to: 5, ageUnit: 'months', from: 1 }))).toEqual({});
  });
});
