import { describe, expect, it } from 'vitest';
import { lotName, partsOf } from './lots';

describe('names of lots', () => {
  it.each([
    ['AB.12', '2027-03-31', '2027-03-31.AB.12'],
    ['L1', null, 'none.L1'],
  ])('tells number and expiry of %s', (number, expiry, name) => {
    expect(lotName(number, expiry)).toBe(name);
    expect(partsOf(name)).toEqual({ number, expiry });
  });
});
