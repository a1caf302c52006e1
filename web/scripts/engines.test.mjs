// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { newerInScript, newerInStyle } from './engines.mjs';

describe('the oldest supported browsers are not left behind', () => {
  test.each([
    ['const { promise } = Promise.withResolvers();', ['.withResolvers()', 'Promise.withResolvers']],
    ['await Array.fromAsync(source);', ['.fromAsync()', 'Array.fromAsync']],
    ['seen.union(others);', ['.union()']],
    ['URL.parse(text);', ['URL.parse']],
    ['new Intl.DurationFormat("es");', ['Intl.DurationFormat']],
    ['panel.showPopover();', ['.showPopover()']],
    ['document.startViewTransition(change);', ['.startViewTransition()', 'document.startViewTransition']],
    ['navigator.serial.requestPort();', ['navigator.serial']],
    ['new CookieStore();', ['CookieStore']],
    ['await import("./texts.json", { with: { type: "json" } });', [expect.stringContaining('syntax')]],
    ['{ using file = open(); }', [expect.stringContaining('syntax')]],
  ])('by %s', (code, found) => {
    expect(newerInScript(code)).toEqual(found);
  });

  test.each([
    'const last = list.at(-1)?.name ?? structuredClone(other);',
    'class Kept { #one = 1; static { this.two = Object.fromEntries([]); } }',
    'const newest = list.toSorted().findLast((one) => /\\p{L}/v.test(one));',
    'if (typeof CookieStore === "undefined") fallBack();',
    'const set = new Map(); set.set(1, AbortSignal.timeout(10));',
    'function union(one) { return one; } union(1);',
    'import { CookieStore } from "./ours"; new CookieStore();',
  ])('and what they have is no fault: %s', (code) => {
    expect(newerInScript(code)).toEqual([]);
  });

  test.each([
    ['.a { anchor-name: --a; }', ['anchor-name']],
    ['@starting-style { .a { opacity: 0; } }', ['@starting-style']],
    ['.a:popover-open { color: red; }', [':popover-open']],
    ['.a { color: light-dark(black, white); }', ['light-dark()']],
    ['.a:has(.b) { color: red; }', [':has']],
    ['.a { & .b { color: red; } .c { color: red; } }', ['nesting']],
  ])('by the style %s', (css, found) => {
    expect(newerInStyle(css)).toEqual(found);
  });

  test.each([
    '.a:is(.b) { inset: 0; color: color-mix(in srgb, red 10%, blue); block-size: 100dvh; }',
    '@supports (anchor-name: --a) { .a { anchor-name: --a; } }',
    '@keyframes appear { from { opacity: 0; } 40% { opacity: 1; } }',
    '.a { --anchor-name: 1; }',
  ])('and a style that they read is no fault: %s', (css) => {
    expect(newerInStyle(css)).toEqual([]);
  });
});
