/** @jsxImportSource preact */
import '../brand/tokens.css';
import './verify.css';
import { render } from 'preact';
import { App } from './app';
import { takeCode } from './code';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
render(<App printed={takeCode()} />, root);
