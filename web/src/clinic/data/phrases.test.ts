import { describe, expect, test } from 'vitest';
import { NOTHING, type Content } from './notes/autosave';
import { inserted, matching, takenBack, type Phrase } from './phrases';

const phrase = (name: string, parts: Partial<Content>): Phrase => ({ name, ...NOTHING, ...parts });
const note = (parts: Partial<Content>): Content => ({ ...NOTHING, ...parts });

describe('a phrase', () => {
  test('goes where one was writing, below what stands there', () => {
    const rest = phrase('Reposo', { text: 'Reposo por tres días.' });
    expect(inserted(note({ plan: 'Agua.\n' }), rest, 'plan')).toEqual({ plan: 'Agua.\nReposo por tres días.' });
    expect(inserted(note({}), rest, 'text')).toEqual({ text: 'Reposo por tres días.' });
  });

  test('that is a template fills its own parts and touches no other', () => {
    const normal = phrase('Examen', { text: 'General.', objective: 'Sin hallazgos.', plan: 'Control.' });
    expect(inserted(note({ plan: 'Agua.' }), normal, 'subjective')).toEqual({
      text: 'General.',
      objective: 'Sin hallazgos.',
      plan: 'Agua.\nControl.',
    });
  });

  test('is taken back, but not from where somebody has written since', () => {
    const before = note({ plan: 'Agua.' });
    const put = { plan: 'Agua.\nControl.', objective: 'Sin hallazgos.' };
    const now = note({ ...put, objective: 'Sin hallazgos. Afebril.' });
    expect(takenBack(before, put, now)).toEqual({ plan: 'Agua.' });
  });

  test('is found by the beginnings of its words, without accents', () => {
    const all = [phrase('Examen físico normal', { text: 'x' }), phrase('Reposo', { text: 'y' })];
    expect(matching(all, 'fis nor').map(({ name }) => name)).toEqual(['Examen físico normal']);
    expect(matching(all, 'sico')).toEqual([]);
    expect(matching(all, ' ')).toEqual(all);
  });
});
