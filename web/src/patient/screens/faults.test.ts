import { describe, expect, test } from 'vitest';
import { Problem, Unreachable } from '../../common/problem';
import { faultOf, refusalOf, uploadFault } from './faults';

type Row = readonly [error: unknown, key: string];
const problem = (status: number): unknown => new Problem(status, { type: 'about:blank' });

describe('what a failure is called', () => {
  test.each<Row>([
    [new Unreachable(), 'faultConnection'],
    [new TypeError('a fault of the page'), 'faultOurs'],
    [problem(500), 'faultOurs'],
    [problem(503), 'faultBusy'],
    [problem(429), 'faultBusy'],
    [problem(401), 'faultOver'],
    [problem(410), 'faultOver'],
    [problem(403), 'faultRefused'],
    [problem(409), 'faultRefused'],
  ])('%s is %s: the connection only where it was', (error, key) => {
    expect(faultOf(error)).toBe(key);
  });

  test.each<Row>([
    [problem(409), 'fileTooMany'],
    [problem(413), 'fileInvalid'],
    [problem(422), 'fileInvalid'],
    [new DOMException('gone', 'NotReadableError'), 'fileUnreadable'],
    [new Unreachable(), 'faultConnection'],
    [problem(503), 'faultBusy'],
  ])('an upload that failed by %s is %s', (error, key) => {
    expect(uploadFault(error)).toBe(key);
  });

  test.each([
    ['infected', 'fileInfected'],
    ['encrypted', 'fileEncrypted'],
    ['active', 'fileActive'],
    ['of-a-later-release', 'fileRefused'],
    [null, 'fileRefused'],
  ])('an examined file that was refused for %s says %s', (code, key) => {
    expect(refusalOf(code)).toBe(key);
  });
});
