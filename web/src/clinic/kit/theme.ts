import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Lake green in ten steps; step 7 on white has 7.4:1. */
const lake: MantineColorsTuple = [
  '#eef6f5',
  '#dbebe9',
  '#b8d8d5',
  '#90c3be',
  '#66aaa4',
  '#3c8f89',
  '#1d7974',
  '#0f6562',
  '#0b5552',
  '#064140',
];

export const theme = createTheme({
  colors: { lake },
  primaryColor: 'lake',
  // Mantine reckons a filled button's text from the light shade; white has 5.3:1 on the dark one.
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  black: '#1d2a2b',
  fontFamily: 'var(--ts-font)',
  headings: { fontFamily: 'var(--ts-font)', fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // Its scroll lock would write a <style> element, which the content security policy forbids.
    Modal: { defaultProps: { lockScroll: false } },
    // Its <header> would count as a second banner of the page (ARIA in HTML: dialogs do not scope it).
    ModalHeader: { defaultProps: { component: 'div' } },
    // In a colour's own tint a title does not reach 4.5:1.
    Alert: { styles: { title: { color: 'var(--ts-ink)' }, message: { color: 'var(--ts-ink)' } } },
    Button: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { radius: 'lg', withBorder: true, bg: 'var(--ts-surface)' } },
    Table: { defaultProps: { verticalSpacing: 'sm', highlightOnHover: true } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } },
  },
});

/** Mantine's defaults for dimmed and error text do not reach 4.5:1. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#faf8f4',
    '--mantine-color-dimmed': '#55605f',
    '--mantine-color-error': '#a8401f',
    '--mantine-color-placeholder': '#6a7472',
    // Badges and alerts: their own shade 9 on their own tint has only 3.4 to 4.2:1.
    '--mantine-color-green-light-color': '#1e5b28',
    '--mantine-color-orange-light-color': '#8a3300',
    '--mantine-color-yellow-light-color': '#6b4a00',
    '--mantine-color-red-light-color': '#9c1f1f',
    '--mantine-color-blue-light-color': '#124f8c',
    // Outlined buttons and badges on the page's own ground.
    '--mantine-color-red-outline': '#b42323',
    '--mantine-color-orange-outline': '#9c3a00',
  },
  dark: {
    '--mantine-color-body': '#121a1b',
    '--mantine-color-dimmed': '#aab6b4',
    '--mantine-color-error': '#f2a085',
    '--mantine-color-placeholder': '#96a2a0',
  },
});
