import { startPage } from '$lib/start.ts';
import App from './App.svelte';

void startPage(App, 'common', 'bridge');
