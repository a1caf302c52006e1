import { createBrowserRouter, Navigate, RouterProvider, type RouteObject } from 'react-router';
import { ADMINISTRATOR, DASHBOARDS, DESK, ORDERS, PHARMACY, RECORDS, REPORTS, TRAIL } from '../data/session/roles';
import { Opening } from '../kit/opening';
import { PageFault } from './fault';
import { For } from './guard';
import { Shell } from './shell';

/** An address that leads nowhere; the navigation stays around what says so. */
function nowhere(): never {
  throw new Response(null, { status: 404 });
}

// Each page is fetched when it is first opened, and fails alone: the navigation around it stays.
const pages: RouteObject[] = [
  { path: '/', element: <Navigate to="/agenda" replace /> },
  { path: '/agenda', lazy: async () => ({ Component: (await import('../agenda/page')).AgendaPage }) },
  {
    element: <For roles={DESK} />,
    children: [
      { path: '/waiting', lazy: async () => ({ Component: (await import('../waiting/page')).WaitingPage }) },
      { path: '/groups', lazy: async () => ({ Component: (await import('../groups/page')).GroupsPage }) },
      { path: '/groups/:groupId', lazy: async () => ({ Component: (await import('../groups/session')).GroupPage }) },
      { path: '/waitlist', lazy: async () => ({ Component: (await import('../waiting/waitlist')).WaitlistPage }) },
    ],
  },
  {
    element: <For roles={REPORTS} />,
    children: [{ path: '/reports', lazy: async () => ({ Component: (await import('../reports/page')).ReportsPage }) }],
  },
  {
    element: <For roles={RECORDS} />,
    children: ['/alarms', '/alarms/:subject/:number'].map((path) => ({
      path,
      lazy: async () => ({ Component: (await import('../alarms/page')).AlarmsPage }),
    })),
  },
  {
    element: <For roles={ORDERS} />,
    children: [{ path: '/work', lazy: async () => ({ Component: (await import('../worklists/page')).WorkPage }) }],
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
    path: '/pharmacy',
    element: <For roles={PHARMACY} />,
    children: [
      {
        lazy: async () => ({ Component: await (await import('../pharmacy/pages')).opened() }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../pharmacy/pages')).FirstSection }) },
          { path: 'dispense', lazy: async () => ({ Component: (await import('../pharmacy/pages')).DispensePage }) },
          { path: 'waiting', lazy: async () => ({ Component: (await import('../pharmacy/pages')).WaitingPage }) },
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
  { path: '/patients', lazy: async () => ({ Component: (await import('../patients/page')).PatientsPage }) },
  { path: '/patients/new', lazy: async () => ({ Component: (await import('../patients/register')).RegisterPatient }) },
  {
    path: '/patients/:patientId',
    lazy: async () => ({ Component: (await import('../chart/page')).ChartPage }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('../chart/page')).SectionPage }) },
      { path: ':section', lazy: async () => ({ Component: (await import('../chart/page')).SectionPage }) },
      {
        path: 'encounters/:encounterId',
        lazy: async () => ({ Component: (await import('../chart/encounter/page')).EncounterPage }),
      },
    ],
  },
  { path: '/room/:consultId', lazy: async () => ({ Component: (await import('../room/page')).RoomPage }) },
  {
    path: '/admin',
    element: <For roles={TRAIL} />,
    children: [
      {
        lazy: async () => ({ Component: (await import('../admin/layout')).AdminLayout }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('../admin/layout')).FirstSection }) },
          {
            element: <For roles={ADMINISTRATOR} />,
            children: [
              { path: 'users', lazy: async () => ({ Component: (await import('../admin/people/users')).UsersPage }) },
              {
                path: 'agendas',
                lazy: async () => ({ Component: (await import('../admin/places/practitioners')).PractitionersPage }),
              },
              {
                path: 'agendas/:practitionerId',
                lazy: async () => ({ Component: (await import('../admin/places/availability')).AvailabilityPage }),
              },
              {
                path: 'categories',
                lazy: async () => ({ Component: (await import('../admin/places/categories')).CategoriesPage }),
              },
              { path: 'sites', lazy: async () => ({ Component: (await import('../admin/places/sites')).SitesPage }) },
              {
                path: 'partners',
                lazy: async () => ({ Component: (await import('../admin/partners/clients')).PartnersPage }),
              },
              {
                path: 'webhooks',
                lazy: async () => ({ Component: (await import('../admin/partners/webhooks')).WebhooksPage }),
              },
              {
                path: 'webhooks/:targetId',
                lazy: async () => ({ Component: (await import('../admin/partners/deliveries')).DeliveriesPage }),
              },
              {
                path: 'reminders',
                lazy: async () => ({ Component: (await import('../admin/institution/reminders')).RemindersPage }),
              },
              {
                path: 'country',
                lazy: async () => ({ Component: (await import('../admin/institution/country')).CountryPage }),
              },
              {
                path: 'consent',
                lazy: async () => ({ Component: (await import('../admin/institution/consent')).ConsentPage }),
              },
              {
                path: 'catalogues',
                lazy: async () => ({ Component: (await import('../admin/institution/catalogues')).CataloguesPage }),
              },
              {
                path: 'alarms',
                lazy: async () => ({ Component: (await import('../admin/institution/alarms')).AlarmsAdminPage }),
              },
              {
                path: 'measuring',
                lazy: async () => ({ Component: (await import('../admin/institution/measuring')).MeasuringPage }),
              },
              {
                path: 'knowledge',
                lazy: async () => ({ Component: (await import('../admin/institution/knowledge')).KnowledgePage }),
              },
              {
                path: 'settings',
                lazy: async () => ({ Component: (await import('../admin/institution/settings')).SettingsPage }),
              },
            ],
          },
          { path: 'audit', lazy: async () => ({ Component: (await import('../admin/trail/page')).AuditPage }) },
        ],
      },
    ],
  },
  { path: '/account', lazy: async () => ({ Component: (await import('../auth/account')).AccountPage }) },
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
