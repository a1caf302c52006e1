import { Center, Loader } from '@mantine/core';
import { createBrowserRouter, Navigate, Outlet } from 'react-router';
import { SessionProvider, useDoor } from './auth/session';
import { SignIn } from './auth/sign_in';
import { Shell } from './layout/shell';

/** Signed out: the sign-in page. Expired: the same above what was open, which stays as it is. */
function Door() {
  const { state } = useDoor();
  if (state === 'unknown') {
    return (
      <Center mih="100dvh">
        <Loader />
      </Center>
    );
  }
  if (state === 'out') return <SignIn />;
  return (
    <>
      {state === 'expired' && (
        <div style={{ position: 'fixed', inset: 0, zIndex: 500, background: 'var(--mantine-color-body)', overflow: 'auto' }}>
          <SignIn />
        </div>
      )}
      <Outlet />
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

// Each page is fetched when it is first opened.
export const router = createBrowserRouter([
  {
    element: <Root />,
    children: [
      {
        element: <Shell />,
        children: [
          { path: '/', element: <Navigate to="/agenda" replace /> },
          { path: '/agenda', lazy: async () => ({ Component: (await import('./agenda/page')).AgendaPage }) },
          { path: '/patients', lazy: async () => ({ Component: (await import('./patients/page')).PatientsPage }) },
          { path: '/patients/new', lazy: async () => ({ Component: (await import('./patients/register')).RegisterPatient }) },
          { path: '/patients/:patientId', lazy: async () => ({ Component: (await import('./chart/page')).ChartPage }) },
          { path: '/room/:consultId', lazy: async () => ({ Component: (await import('./room/page')).RoomPage }) },
        ],
      },
    ],
  },
]);
