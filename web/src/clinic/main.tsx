import 'virtual:mantine.css';
import 'virtual:theme.css';
import '../brand/tokens.css';
import './clinic.css';
import './language/i18n';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepShell } from '../common/service_worker';
import { App } from './shell/app';
import { offerReload } from './shell/update';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
keepShell('/', offerReload);
