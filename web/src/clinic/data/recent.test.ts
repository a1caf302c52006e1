import { expect, test } from 'vitest';
import { withRecent, type RecentPatient } from './recent';

const patient = (id: string) => ({ id }) as RecentPatient;
const ids = (all: readonly RecentPatient[]) => all.map(({ id }) => id).join('');

test('the record opened last comes first, each once', () => {
  const seen = ['a', 'b', 'a', 'c', 'b'].reduce<readonly RecentPatient[]>(
    (before, id) => withRecent(before, patient(id)),
    [],
  );
  expect(ids(seen)).toBe('bca');
});

test('eight are kept', () => {
  const seen = Array.from('abcdefghij').reduce<readonly RecentPatient[]>(
    (before, id) => withRecent(before, patient(id)),
    [],
  );
  expect(ids(seen)).toBe('jihgfedc');
});
