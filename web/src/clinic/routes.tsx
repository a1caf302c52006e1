import { Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createBrowserRouter, Navigate, Outlet, type RouteObject } from 'react-router';
import { For } from './auth/guard';
import { ADMINISTRATOR, DESK, ORDERS, REPORTS, TRAIL } from './auth/roles';
import { SessionProvider, useDoor } from './auth/session';
import { SignIn } from './auth/sign_in';
import { PageFault } from './layout/fault';
import { Shell } from './layout/shell';

const SLOW_MS = 5000;

/** Before the session is known; says so when the server takes long or is out of reach. */
function Opening() {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center mih="100dvh" p="md">
      <Stack align="center" role="status">
        <Loader aria-hidden />
        <Text c="dimmed" ta="center" mih={48}>
          {slow && t('fault.opening')}
        </Text>
      </Stack>
    </Center>
  );
}

/** Signed out: the sign-in page. Expired: the same above what was open, which stays as it is. */
function Door() {
  const { state, me } = useDoor();
  if (state === 'unknown') return <Opening />;
  if (state === 'out') return <SignIn />;
  return (
    <>
      {state === 'expired' && (
        <div style={{ position: 'fixed', inset: 0, zIndex: 500, background: 'var(--mantine-color-body)', overflow: 'auto' }}>
          <SignIn />
        </div>
      )}
      {/* Another user begins anew: nothing that the one before had open is his. */}
      <Outlet key={me?.id} />
    </>
  );
}

function Root() {
  return (
    <SessionProvider>
      <Door />
    </SessionProvider>
  );
}

/** An address that leads nowhere; the navigation stays around what says so. */
function nowhere(): never {
  throw new Response(null, { status: 404 });
}

// Each page is fetched when it is first opened, and fails alone: the navigation around it stays.
const pages: RouteObject[] = [
  { path: '/', element: <Navigate to="/agenda" replace /> },
  { path: '/agenda', lazy: async () => ({ Component: (await import('./agenda/page')).AgendaPage }) },
  {
    element: <For roles={DESK} />,
    children: [
      { path: '/waiting', lazy: async () => ({ Component: (await import('./waiting/page')).WaitingPage }) },
      { path: '/groups', lazy: async () => ({ Component: (await import('./groups/page')).GroupsPage }) },
      { path: '/groups/:groupId', lazy: async () => ({ Component: (await import('./groups/session')).GroupPage }) },
      { path: '/waitlist', lazy: async () => ({ Component: (await import('./waiting/waitlist')).WaitlistPage }) },
    ],
  },
  {
    element: <For roles={REPORTS} />,
    children: [{ path: '/reports', lazy: async () => ({ Component: (await import('./reports/page')).ReportsPage }) }],
  },
  {
    element: <For roles={ORDERS} />,
    children: [{ path: '/work', lazy: async () => ({ Component: (await import('./worklists/page')).WorkPage }) }],
  },
  { path: '/patients', lazy: async () => ({ Component: (await import('./patients/page')).PatientsPage }) },
  { path: '/patients/new', lazy: async () => ({ Component: (await import('./patients/register')).RegisterPatient }) },
  {
    path: '/patients/:patientId',
    lazy: async () => ({ Component: (await import('./chart/page')).ChartPage }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./chart/page')).SectionPage }) },
      { path: ':section', lazy: async () => ({ Component: (await import('./chart/page')).SectionPage }) },
      {
        path: 'encounters/:encounterId',
        lazy: async () => ({ Component: (await import('./chart/encounter/page')).EncounterPage }),
      },
    ],
  },
  { path: '/room/:consultId', lazy: async () => ({ Component: (await import('./room/page')).RoomPage }) },
  {
    path: '/admin',
    element: <For roles={TRAIL} />,
    children: [
      {
        lazy: async () => ({ Component: (await import('./admin/layout')).AdminLayout }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./admin/layout')).FirstSection }) },
          {
            element: <For roles={ADMINISTRATOR} />,
            children: [
              { path: 'users', lazy: async () => ({ Component: (await import('./admin/users')).UsersPage }) },
              { path: 'agendas', lazy: async () => ({ Component: (await import('./admin/practitioners')).PractitionersPage }) },
              {
                path: 'agendas/:practitionerId',
                lazy: async () => ({ Component: (await import('./admin/availability')).AvailabilityPage }),
              },
              { path: 'categories', lazy: async () => ({ Component: (await import('./admin/categories')).CategoriesPage }) },
              { path: 'sites', lazy: async () => ({ Component: (await import('./admin/sites')).SitesPage }) },
              { path: 'partners', lazy: async () => ({ Component: (await import('./admin/partners')).PartnersPage }) },
              { path: 'webhooks', lazy: async () => ({ Component: (await import('./admin/webhooks')).WebhooksPage }) },
              { path: 'webhooks/:targetId', lazy: async () => ({ Component: (await import('./admin/deliveries')).DeliveriesPage }) },
              { path: 'reminders', lazy: async () => ({ Component: (await import('./admin/reminders')).RemindersPage }) },
              { path: 'settings', lazy: async () => ({ Component: (await import('./admin/settings')).SettingsPage }) },
            ],
          },
          { path: 'audit', lazy: async () => ({ Component: (await import('./admin/audit')).AuditPage }) },
        ],
      },
    ],
  },
  { path: '/account', lazy: async () => ({ Component: (await import('./auth/account')).AccountPage }) },
  { path: '*', loader: nowhere },
];

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <PageFault />,
    HydrateFallback: Opening,
    children: [{ element: <Shell />, children: [{ errorElement: <PageFault />, children: pages }] }],
  },
]);
