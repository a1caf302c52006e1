/**
 * What a script or a style sheet uses that the oldest supported browsers do not have.
 *
 * The oldest browsers are package.json's "browserslist" (exact versions, which the build's target
 * is made of, too); what they have is MDN's browser-compat-data. Found are: newer syntax, newer
 * globals and static members, methods that no object of those browsers has, and newer properties,
 * selectors, at-rules and functions of CSS outside an @supports that asks for them.
 */
import { parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import { createRequire } from 'node:module';
import postcss from 'postcss';
import selectorParser from 'postcss-selector-parser';

const require = createRequire(import.meta.url);
const bcd = require('@mdn/browser-compat-data');
const project = require('../package.json');

/** Syntax that every browser of September 2023 reads: up to the `v` flag of regular expressions. */
const SYNTAX = 2024;
const PHONES = { chrome: 'chrome_android', firefox: 'firefox_android', safari: 'safari_ios' };

/** Browser to its oldest supported version, phones included. */
const oldest = Object.fromEntries(
  project.browserslist.flatMap((line) => {
    const [name, version] = line.split(' ');
    return [name, PHONES[name]].map((browser) => [browser, Number(version)]);
  }),
);

/** Whether each browser has it as early as that, or not at all to this day: then it is nothing new. */
function has({ support }) {
  return Object.entries(oldest).every(([browser, version]) => {
    const said = [support[browser] ?? []].flat().filter((one) => !one.flags && !one.prefix && !one.alternative_name);
    // "preview" and false are no numbers: nothing is above or below them.
    const early = said.some((one) => since(one.version_added) <= version && !(since(one.version_removed) <= version));
    return early || !said.some((one) => since(one.version_added) > version);
  });
}

function since(version) {
  return Number.parseFloat(String(version).replace('≤', ''));
}

/** Names below a node of the data with whether the oldest browsers have each. */
function members(node) {
  return Object.entries(node)
    .filter(([name, child]) => name !== '__compat' && child.__compat)
    .map(([name, child]) => [name, has(child.__compat)]);
}

const SINGLETONS = {
  caches: 'CacheStorage',
  crypto: 'Crypto',
  document: 'Document',
  globalThis: 'Window',
  history: 'History',
  location: 'Location',
  navigator: 'Navigator',
  performance: 'Performance',
  screen: 'Screen',
  self: 'Window',
  window: 'Window',
};

/** `Name` and `Name.member` of scripts that the oldest browsers lack, and methods that none has. */
function readScripts() {
  const globals = new Set();
  const statics = new Set();
  const somewhere = new Map();
  const { builtins } = bcd.javascript;
  for (const [name, node] of [
    ...Object.entries(builtins),
    ...Object.entries(builtins.Intl),
    ...Object.entries(bcd.api),
  ]) {
    if (!node.__compat) continue;
    if (!has(node.__compat)) globals.add(name);
    for (const [member, there] of members(node)) {
      const plain = member.replace(/_static$/, '');
      if (!there && (node !== bcd.api[name] || plain !== member)) statics.add(`${name}.${plain}`);
      if (has(node.__compat) && plain === member) somewhere.set(member, there || somewhere.get(member) === true);
    }
  }
  for (const [object, type] of Object.entries(SINGLETONS)) {
    for (const [member, there] of members(bcd.api[type])) if (!there) statics.add(`${object}.${member}`);
  }
  const methods = new Set([...somewhere].filter(([, there]) => !there).map(([name]) => name));
  return { globals, statics, methods };
}

const scripts = readScripts();

/** Every name that the script declares anywhere: such a name is taken for its own. */
function declared(tree) {
  const names = new Set();
  const add = (node) => void names.add(node.name);
  ancestor(tree, {
    VariablePattern: add,
    Function: ({ id }) => id && add(id),
    Class: ({ id }) => id && add(id),
    ImportDeclaration: ({ specifiers }) => specifiers.forEach(({ local }) => add(local)),
  });
  return names;
}

/** Sorted names of newer features in a script; the parser's words when it cannot be read. */
export function newerInScript(code) {
  let tree;
  try {
    tree = parse(code, { ecmaVersion: SYNTAX, sourceType: 'module' });
  } catch (error) {
    return [`syntax: ${error.message}`];
  }
  const own = declared(tree);
  const found = new Set();
  const isGlobal = ({ type, name }) => type === 'Identifier' && !own.has(name);
  ancestor(tree, {
    Identifier(node, _, ancestors) {
      const parent = ancestors.at(-2);
      const asked = parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
      if (isGlobal(node) && !asked && scripts.globals.has(node.name)) found.add(node.name);
    },
    MemberExpression({ object, property, computed }) {
      if (computed || !isGlobal(object)) return;
      const name = `${object.name}.${property.name}`;
      if (scripts.statics.has(name)) found.add(name);
    },
    CallExpression({ callee }) {
      if (callee.type !== 'MemberExpression' || callee.computed) return;
      if (scripts.methods.has(callee.property.name)) found.add(`.${callee.property.name}()`);
    },
  });
  return [...found].sort();
}

/** Every function of CSS values, wherever the data has it. */
function valueFunctions(node, found = new Map()) {
  for (const [name, child] of Object.entries(node)) {
    if (name === '__compat') continue;
    if (child.__compat) found.set(name, has(child.__compat) || found.get(name) === true);
    valueFunctions(child, found);
  }
  return found;
}

const { properties, selectors, 'at-rules': rules, types } = bcd.css;
const functions = valueFunctions(types);
const lacks = (node) => node?.__compat !== undefined && !has(node.__compat);

/** Sorted names of newer features in a style sheet, but for what an @supports asks for. */
export function newerInStyle(css) {
  const found = new Set();
  postcss.parse(css).walk((node) => {
    if (isAsked(node)) return;
    if (node.type === 'atrule' && lacks(rules[node.name])) found.add(`@${node.name}`);
    if (node.type === 'rule') {
      if (node.parent.type === 'rule') found.add('nesting');
      else if (!isKeyframe(node)) newerSelectors(node.selector).forEach((name) => found.add(name));
    }
    if (node.type === 'decl' && !node.prop.startsWith('--')) newerValues(node).forEach((name) => found.add(name));
  });
  return [...found].sort();
}

function isAsked(node) {
  for (let at = node.parent; at; at = at.parent) if (at.type === 'atrule' && at.name === 'supports') return true;
  return false;
}

function isKeyframe({ parent }) {
  return parent.type === 'atrule' && parent.name.endsWith('keyframes');
}

function newerSelectors(selector) {
  const found = [];
  selectorParser((root) => {
    root.walkPseudos(({ value }) => {
      if (lacks(selectors[value.replace(/^::?/, '')])) found.push(value);
    });
  }).processSync(selector);
  return found;
}

function newerValues({ prop, value }) {
  const found = [];
  if (lacks(properties[prop])) found.push(prop);
  for (const word of value.split(/[\s,/()]+/)) if (lacks(properties[prop]?.[word])) found.push(`${prop}: ${word}`);
  for (const [, name] of value.matchAll(/([a-z-]+)\(/g)) if (functions.get(name) === false) found.push(`${name}()`);
  return found;
}
