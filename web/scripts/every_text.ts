/** Before each file of the clinic's tests: whatever page it shows, its texts are here. */
import { expect } from 'vitest';

if (typeof document !== 'undefined' && expect.getState().testPath?.includes('/src/clinic/')) {
  const { openTexts } = await import('../src/clinic/language/i18n');
  await openTexts('desk', 'care', 'office');
}
