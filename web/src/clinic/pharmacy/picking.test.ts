import { describe, expect, it } from 'vitest';
import type { SheetLine } from '../data/pharmacy';
import { complete, proposed, skips, total, type Pick } from './picking';

function lot(expiry: string, number: string, balance: number, quantity = 0) {
  const name = `${expiry}.${number}`;
  return { lot: { lot: name, number, expiry, balance, expired: false, state: 'open' as const }, quantity };
}

const LOTS = [lot('2027-01-31', 'A', 5, 5), lot('2027-01-31', 'B', 5, 5), lot('2027-06-30', 'C', 50, 11)];
const LINE = {
  number: 1,
  remaining: 21,
  choices: [{ item: 'AMX500', name: 'Amoxicilina', unit: 'cápsula', controlled: false, substitute: false, lots: LOTS }],
} as unknown as SheetLine;
const PICK: Pick = { item: 'AMX500', lots: {}, lotReason: '', substitutionReason: '' };
const [A, B, C] = ['2027-01-31.A', '2027-01-31.B', '2027-06-30.C'] as const;

describe('picking lots', () => {
  it('begins with what the server proposes', () => {
    const pick = proposed(LINE);
    expect(pick.lots).toEqual({ [A]: 5, [B]: 5, [C]: 11 });
    expect(total(pick)).toBe(21);
    expect(complete(LINE, pick)).toBe(true);
  });

  it.each([
    [{ [A]: 3 }, false],
    [{ [B]: 3 }, false],
    [{ [A]: 5, [B]: 4 }, false],
    [{ [C]: 1 }, true],
    [{ [A]: 4, [C]: 1 }, true],
  ])('asks why not the lot that expires first: %o %s', (lots, asks) => {
    const pick = { ...PICK, lots };
    expect(skips(LINE, pick)).toBe(asks);
    expect(complete(LINE, pick)).toBe(!asks);
    expect(complete(LINE, { ...pick, lotReason: 'Envase dañado' })).toBe(true);
  });

  it('takes no more than what is left', () => {
    expect(complete(LINE, { ...PICK, lots: { [A]: 5, [B]: 5, [C]: 12 } })).toBe(false);
  });
});
