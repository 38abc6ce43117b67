import './arrow.css';
import { startPage } from '$lib/start.ts';
import App from './App.svelte';
import { watchArrow } from './arrow.ts';

watchArrow(document.documentElement);
void startPage(App, 'common', 'seat');
