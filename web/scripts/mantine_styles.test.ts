// @vitest-environment node
import type { Plugin } from 'vite';
import { expect, test } from 'vitest';
import { mantineStyles } from './mantine_styles';

type Hook = (this: unknown, argument: unknown) => unknown;

function built(sources: readonly string[], command: 'build' | 'serve'): string {
  const plugin = mantineStyles(sources) as Plugin & Record<'configResolved' | 'load', Hook>;
  plugin.configResolved({ command });
  return String(plugin.load('\0virtual:mantine.css'));
}

/** Classes of Button, of UnstyledButton, which it is made of, and of Stepper, which nobody uses. */
const [BUTTON, UNSTYLED, STEPPER] = ['.m_77c9d27d', '.m_87cf2631', '.m_cbb4ea7e'] as const;

test('the styles of what is used, and of what that is made of, are kept; others are left out', () => {
  const css = built(['src/clinic'], 'build');
  expect(css).toContain(BUTTON);
  expect(css).toContain(UNSTYLED);
  expect(css).not.toContain(STEPPER);
  expect(css.length).toBeLessThan(built(['src/clinic'], 'serve').length);
});

test('while developing every component has its styles', () => {
  expect(built([], 'serve')).toContain(STEPPER);
});
