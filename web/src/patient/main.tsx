/** @jsxImportSource preact */
import '../brand/tokens.css';
import './patient.css';
import { render } from 'preact';
import { keepShell } from '../common/service_worker';
import { App } from './app';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
render(<App />, root);
keepShell('/c/');
