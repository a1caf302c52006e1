import { createBrowserRouter, Navigate, RouterProvider, type RouteObject } from 'react-router';
import {
  ADMINISTRATOR,
  BILLING,
  DASHBOARDS,
  DESK,
  HOSPITAL,
  ORDERS,
  PHARMACY,
  RECORDS,
  REPORTS,
  TRAIL,
  AGENDA,
  useHasRole,
} from '../data/session/roles';
import { Opening } from '../kit/opening';
import { withTexts } from '../language/i18n';
import { PageFault } from './fault';
import { For } from './guard';
import { Shell } from './shell';

/** An address that leads nowhere; the navigation stays around what says so. */
function nowhere(): never {
  throw new Response(null, { status: 404 });
}

/** Where somebody's work begins. */
function Home() {
  const has = useHasRole();
  const first = has(AGENDA) ? '/agenda' : has(HOSPITAL) ? '/hospital' : has(BILLING) ? '/billing' : '/patients';
  return <Navigate to={first} replace />;
}

// Each page is fetched when it is first opened, and fails alone: the navigation around it stays.
const pages: RouteObject[] = [
  { path: '/', element: <Home /> },
  { path: '/agenda', lazy: async () => ({ Component: (await import('../agenda/page')).AgendaPage }) },
  {
    element: <For roles={DESK} />,
    children: [
      {
        path: '/waiting',
        lazy: async () => ({ Component: (await withTexts(import('../waiting/page'), 'care')).WaitingPage }),
      },
      {
        path: '/groups',
        lazy: async () => ({ Component: (await withTexts(import('../groups/page'), 'care')).GroupsPage }),
      },
      {
        path: '/groups/:groupId',
        lazy: async () => ({ Component: (await withTexts(import('../groups/session'), 'care')).GroupPage }),
      },
      {
        path: '/waitlist',
        lazy: async () => ({
          Component: (await withTexts(import('../waiting/waitlist'), 'care', 'office')).WaitlistPage,
        }),
      },
    ],
  },
  {
    element: <For roles={REPORTS} />,
    children: [
      {
        path: '/reports',
        lazy: async () => ({ Component: (await withTexts(import('../reports/page'), 'care', 'office')).ReportsPage }),
      },
    ],
  },
  {
    element: <For roles={RECORDS} />,
    children: ['/alarms', '/alarms/:subject/:number'].map((path) => ({
      path,
      lazy: async () => ({ Component: (await withTexts(import('../alarms/page'), 'care')).AlarmsPage }),
    })),
  },
  {
    path: '/triage',
    element: <For roles={RECORDS} />,
    children: [
      { index: true, lazy: async () => ({ Component: await (await import('../triage/pages')).opened() }) },
      {
        path: ':triageId',
        lazy: async () => ({ Component: await (await withTexts(import('../triage/pages'), 'care')).openedRequest() }),
      },
    ],
  },
  {
    element: <For roles={ORDERS} />,
    children: [
      {
        path: '/work',
        lazy: async () => ({ Component: (await withTexts(import('../worklists/page'), 'care')).WorkPage }),
      },
    ],
  },
  {
    path: '/hospital',
    element: <For roles={HOSPITAL} />,
    children: [
      {
        lazy: async () => ({ Component: await (await import('../admissions/pages')).opened() }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../admissions/pages')).AdmittedPage }) },
          {
            path: ':admissionId',
            lazy: async () => ({ Component: (await import('../admissions/pages')).AdmissionPage }),
          },
        ],
      },
    ],
  },
  {
    path: '/dashboards',
    element: <For roles={DASHBOARDS} />,
    children: [
      {
        lazy: async () => ({ Component: await (await import('../dashboards/pages')).opened() }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../dashboards/pages')).FirstSection }) },
          { path: 'mine', lazy: async () => ({ Component: (await import('../dashboards/pages')).MinePage }) },
          {
            element: <For roles={ADMINISTRATOR} />,
            children: [
              {
                path: 'institution',
                lazy: async () => ({ Component: (await import('../dashboards/pages')).InstitutionPage }),
              },
              {
                path: 'operations',
                lazy: async () => ({ Component: (await import('../dashboards/pages')).OperationsPage }),
              },
            ],
          },
        ],
      },
    ],
  },
  {
    path: '/billing',
    element: <For roles={BILLING} />,
    children: [
      {
        lazy: async () => ({ Component: await (await import('../billing/pages')).opened() }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../billing/pages')).FirstSection }) },
          { path: 'vouchers', lazy: async () => ({ Component: (await import('../billing/pages')).VouchersPage }) },
          { path: 'invoices', lazy: async () => ({ Component: (await import('../billing/pages')).InvoicesPage }) },
          { path: 'cash', lazy: async () => ({ Component: (await import('../billing/pages')).CashPage }) },
          { path: 'contracts', lazy: async () => ({ Component: (await import('../billing/pages')).ContractsPage }) },
        ],
      },
    ],
  },
  {
    path: '/pharmacy',
    element: <For roles={PHARMACY} />,
    children: [
      {
        lazy: async () => ({ Component: await (await import('../pharmacy/pages')).opened() }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../pharmacy/pages')).FirstSection }) },
          { path: 'dispense', lazy: async () => ({ Component: (await import('../pharmacy/pages')).DispensePage }) },
          { path: 'waiting', lazy: async () => ({ Component: (await import('../pharmacy/pages')).WaitingPage }) },
          { path: 'wards', lazy: async () => ({ Component: (await import('../pharmacy/pages')).WardsPage }) },
          { path: 'stock', lazy: async () => ({ Component: (await import('../pharmacy/pages')).StockPage }) },
          { path: 'entry', lazy: async () => ({ Component: (await import('../pharmacy/pages')).EntryPage }) },
          {
            path: 'transfers',
            lazy: async () => ({ Component: (await import('../pharmacy/pages')).TransfersPage }),
          },
          { path: 'counts', lazy: async () => ({ Component: (await import('../pharmacy/pages')).CountsPage }) },
          { path: 'recalls', lazy: async () => ({ Component: (await import('../pharmacy/pages')).RecallsPage }) },
          {
            path: 'reports',
            lazy: async () => ({ Component: (await import('../pharmacy/pages')).StockReportsPage }),
          },
          { path: 'items', lazy: async () => ({ Component: (await import('../pharmacy/pages')).ItemsPage }) },
          { path: 'warehouses', lazy: async () => ({ Component: (await import('../pharmacy/pages')).PlacesPage }) },
        ],
      },
    ],
  },
  {
    path: '/patients',
    lazy: async () => ({ Component: (await withTexts(import('../patients/page'), 'care')).PatientsPage }),
  },
  {
    path: '/patients/new',
    lazy: async () => ({ Component: (await withTexts(import('../patients/register'), 'care')).RegisterPatient }),
  },
  {
    path: '/patients/:patientId/correct',
    lazy: async () => ({ Component: (await withTexts(import('../patients/correct'), 'care')).CorrectPatient }),
  },
  {
    path: '/patients/:patientId',
    lazy: async () => ({ Component: (await withTexts(import('../chart/page'), 'care')).ChartPage }),
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await withTexts(import('../chart/page'), 'care')).SectionPage }),
      },
      {
        path: ':section',
        lazy: async () => ({ Component: (await withTexts(import('../chart/page'), 'care')).SectionPage }),
      },
      {
        path: 'encounters/:encounterId',
        lazy: async () => ({ Component: (await withTexts(import('../chart/encounter/page'), 'care')).EncounterPage }),
      },
    ],
  },
  {
    path: '/room/:consultId',
    lazy: async () => ({ Component: (await withTexts(import('../room/page'), 'care')).RoomPage }),
  },
  {
    path: '/admin',
    element: <For roles={TRAIL} />,
    children: [
      {
        lazy: async () => ({ Component: (await withTexts(import('../admin/layout'), 'care', 'office')).AdminLayout }),
        children: [
          {
            index: true,
            lazy: async () => ({
              Component: (await withTexts(import('../admin/layout'), 'care', 'office')).FirstSection,
            }),
          },
          {
            element: <For roles={ADMINISTRATOR} />,
            children: [
              {
                path: 'users',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/people/users'), 'care', 'office')).UsersPage,
                }),
              },
              {
                path: 'agendas',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/places/practitioners'), 'care', 'office'))
                    .PractitionersPage,
                }),
              },
              {
                path: 'agendas/:practitionerId',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/places/availability'), 'care', 'office'))
                    .AvailabilityPage,
                }),
              },
              {
                path: 'categories',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/places/categories'), 'care', 'office')).CategoriesPage,
                }),
              },
              {
                path: 'sites',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/places/sites'), 'care', 'office')).SitesPage,
                }),
              },
              {
                path: 'partners',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/partners/clients'), 'care', 'office')).PartnersPage,
                }),
              },
              {
                path: 'webhooks',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/partners/webhooks'), 'care', 'office')).WebhooksPage,
                }),
              },
              {
                path: 'webhooks/:targetId',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/partners/deliveries'), 'care', 'office')).DeliveriesPage,
                }),
              },
              {
                path: 'reminders',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/reminders'), 'care', 'office'))
                    .RemindersPage,
                }),
              },
              {
                path: 'country',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/country'), 'care', 'office')).CountryPage,
                }),
              },
              {
                path: 'consent',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/consent'), 'care', 'office')).ConsentPage,
                }),
              },
              {
                path: 'catalogues',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/catalogues'), 'care', 'office'))
                    .CataloguesPage,
                }),
              },
              {
                path: 'alarms',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/alarms'), 'care', 'office')).AlarmsAdminPage,
                }),
              },
              {
                path: 'measuring',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/measuring'), 'care', 'office'))
                    .MeasuringPage,
                }),
              },
              {
                path: 'knowledge',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/knowledge'), 'care', 'office'))
                    .KnowledgePage,
                }),
              },
              {
                path: 'settings',
                lazy: async () => ({
                  Component: (await withTexts(import('../admin/institution/settings'), 'care', 'office')).SettingsPage,
                }),
              },
            ],
          },
          {
            path: 'audit',
            lazy: async () => ({
              Component: (await withTexts(import('../admin/trail/page'), 'care', 'office')).AuditPage,
            }),
          },
        ],
      },
    ],
  },
  {
    path: '/account',
    lazy: async () => ({ Component: (await withTexts(import('../auth/account'), 'care')).AccountPage }),
  },
  { path: '*', loader: nowhere },
];

const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <PageFault />,
    HydrateFallback: Opening,
    children: [{ errorElement: <PageFault />, children: pages }],
  },
]);

/** Everything behind the sign-in page. */
export function Pages() {
  return <RouterProvider router={router} />;
}
