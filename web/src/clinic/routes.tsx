import { Center, Loader } from '@mantine/core';
import { createBrowserRouter, Navigate, Outlet } from 'react-router';
import { SessionProvider, useDoor } from './auth/session';
import { SignIn } from './auth/sign_in';
import { AgendaPage } from './agenda/page';
import { ChartPage } from './chart/page';
import { Shell } from './layout/shell';
import { PatientsPage } from './patients/page';
import { RegisterPatient } from './patients/register';
import { RoomPage } from './room/page';

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

export const router = createBrowserRouter([
  {
    element: <Root />,
    children: [
      {
        element: <Shell />,
        children: [
          { path: '/', element: <Navigate to="/agenda" replace /> },
          { path: '/agenda', element: <AgendaPage /> },
          { path: '/patients', element: <PatientsPage /> },
          { path: '/patients/new', element: <RegisterPatient /> },
          { path: '/patients/:patientId', element: <ChartPage /> },
          { path: '/room/:consultId', element: <RoomPage /> },
        ],
      },
    ],
  },
]);
