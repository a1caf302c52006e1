/** What `npm run lint` asks of the site besides its types. README.md tells the layers in words. */
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What each folder of src/ may import besides itself. */
const SITE = {
  common: ['api'],
  locales: [],
  worker: [],
  verify: ['common', 'locales/verify', 'api', 'brand'],
  patient: ['common', 'locales/patient', 'locales/practitioner', 'locales/consent', 'api', 'brand'],
  clinic: ['common', 'locales/clinic', 'api', 'brand'],
};

const BELOW_PAGES = ['language', 'kit', 'data'];
/**
 * What each folder of src/clinic/ may import besides itself: an area, what lies below the pages, and
 * the few areas that are truly lower. Whoever books needs to find a patient; a place in a group is an
 * appointment; the room shows the chart's banner, and the work list opens an order of the chart;
 * alarms ring on the patient's record.
 */
const CLINIC = {
  language: [],
  kit: ['language'],
  data: ['language', 'kit'],
  alarms: BELOW_PAGES,
  auth: BELOW_PAGES,
  patients: BELOW_PAGES,
  agenda: [...BELOW_PAGES, 'patients'],
  groups: [...BELOW_PAGES, 'patients', 'agenda'],
  waiting: [...BELOW_PAGES, 'patients'],
  reports: BELOW_PAGES,
  chart: [...BELOW_PAGES, 'patients', 'alarms'],
  room: [...BELOW_PAGES, 'chart/base', 'chart/visit'],
  admissions: [...BELOW_PAGES, 'patients'],
  billing: [...BELOW_PAGES, 'patients'],
  pharmacy: BELOW_PAGES,
  worklists: [...BELOW_PAGES, 'chart/orders'],
  admin: [...BELOW_PAGES, 'patients'],
};

/** Within the data layer: who is signed in needs the server, and forgets his drafts when he leaves. */
const DATA = { server: [], notes: ['server'], session: ['server', 'notes'] };
/** Sections of the chart know what stands above all of them, and the sections that they are made of. */
const CHART = {
  base: [],
  access: ['base'],
  custody: ['base'],
  diagnosis: [],
  documents: ['base'],
  forms: ['base'],
  vitals: ['base'],
  entries: ['base', 'diagnosis'],
  orders: ['base', 'documents'],
  visit: ['base', 'entries', 'vitals', 'forms', 'orders'],
  encounter: ['base', 'entries', 'vitals', 'visit'],
  vaccines: ['base', 'entries'],
  summary: ['base', 'encounter', 'orders', 'vaccines'],
};
/** The rooms of the administration do not know each other. */
const ADMIN = { people: [], places: [], partners: [], institution: [], trail: [] };

/** One zone a folder: of everything in `root`, only the folder itself and what it may import. */
function zones(root, folders) {
  return Object.entries(folders).map(([folder, allowed]) => ({
    target: `${root}/${folder}`,
    from: root,
    except: [folder, ...allowed].map((each) => `./${each}`),
    message: `${folder} may import ${['itself', ...allowed].join(', ')} of ${root} only`,
  }));
}

export default defineConfig(
  { ignores: ['dist', 'src/api'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, importX.flatConfigs.typescript],
    plugins: { 'react-hooks': reactHooks, 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js'] })],
    },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/order': [
        'error',
        {
          groups: ['builtin', 'external', 'parent', 'sibling'],
          alphabetize: { order: 'asc', caseInsensitive: true },
        },
      ],
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            ...zones('./src', SITE),
            ...zones('./src/clinic', CLINIC),
            ...zones('./src/clinic/data', DATA),
            ...zones('./src/clinic/chart', CHART),
            ...zones('./src/clinic/admin', ADMIN),
          ],
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A thrown Response is how react-router is told that an address leads nowhere.
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'lib', name: 'Response' }] }],
      // `{ key: _, ...row }` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}'],
    rules: {
      // Stand-ins have the shape of what they stand for, and often nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }],
    },
  },
);
