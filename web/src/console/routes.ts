/**
 * The screens of the console, each in a file of its own that is fetched when it is first shown.
 *
 * Rules: the first pattern that fits decides; what a person may not see is not offered, and the server refuses it anyway.
 */
import type { Component } from 'svelte';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { match } from '$lib/router.svelte.ts';
import type { Role } from './types.ts';

export type Params = Record<string, string>;
export type Screen = Component<{ params: Params }>;

export interface Route {
  name: string;
  patterns: readonly string[];
  load: () => Promise<{ default: unknown }>;
  /** Account roles; none: everybody who is signed in. */
  roles: readonly Role[];
}

/** A screen with catalogues of its own: both are there before it is shown. */
export function withTexts(load: () => Promise<{ default: unknown }>, ...areas: string[]): () => Promise<{ default: unknown }> {
  return async () => (await Promise.all([load(), useTexts(...areas)]))[0];
}

/** What people are at every day. */
const EVERYDAY: readonly Route[] = [
  { name: 'home', patterns: ['/'], load: () => import('./home/Home.svelte'), roles: [] },
  {
    name: 'create',
    patterns: ['/meetings/new', '/meetings/new/:from'],
    load: withTexts(() => import('./meeting/Create.svelte'), 'meeting', 'outlines'),
    roles: ['secretary'],
  },
  {
    name: 'meeting',
    patterns: ['/meetings/:meeting', '/meetings/:meeting/:tab', '/meetings/:meeting/:tab/:paper', '/meetings/:meeting/:tab/:paper/:page'],
    load: withTexts(() => import('./meeting/Meeting.svelte'), 'meeting'),
    roles: [],
  },
  {
    name: 'request',
    patterns: ['/requests/:meeting/:request'],
    load: withTexts(() => import('./requests/HandIn.svelte'), 'requests', 'meeting'),
    roles: [],
  },
  {
    name: 'calendar',
    patterns: ['/calendar', '/calendar/:view/:day'],
    load: withTexts(() => import('./calendar/Calendar.svelte'), 'calendar', 'meeting'),
    roles: [],
  },
  {
    name: 'search',
    patterns: ['/search', '/search/:words'],
    load: withTexts(() => import('./search/Search.svelte'), 'search', 'meeting'),
    roles: [],
  },
  {
    name: 'consultations',
    patterns: ['/consultations'],
    load: withTexts(() => import('./consultations/Consultations.svelte'), 'consultation'),
    roles: [],
  },
  {
    name: 'consultation',
    patterns: ['/consultations/:consultation', '/consultations/:consultation/papers/:paper'],
    load: withTexts(() => import('./consultations/Consultation.svelte'), 'consultation', 'slipsecret', 'voting', 'meeting', 'acts'),
    roles: [],
  },
  { name: 'tasks', patterns: ['/tasks'], load: withTexts(() => import('./tasks/Tasks.svelte'), 'tasks', 'meeting'), roles: [] },
  { name: 'task-counts', patterns: ['/tasks/figures'], load: withTexts(() => import('./tasks/Counts.svelte'), 'tasks'), roles: [] },
  { name: 'task', patterns: ['/tasks/:task'], load: withTexts(() => import('./tasks/Task.svelte'), 'tasks', 'meeting'), roles: [] },
  { name: 'factor', patterns: ['/second-factor'], load: withTexts(() => import('./factor/Factor.svelte'), 'factor'), roles: [] },
  { name: 'first-password', patterns: ['/first-password'], load: withTexts(() => import('./factor/FirstPassword.svelte'), 'factor'), roles: [] },
  { name: 'help', patterns: ['/help', '/help/:guide'], load: () => import('./help/Help.svelte'), roles: [] },
];

export interface Found {
  route: Route;
  params: Params;
}

/** The screen of a path for a person with these roles; null when there is none. Throws when the table of the rest cannot be fetched. */
export async function find(path: string, has: (...roles: Role[]) => boolean): Promise<Found | null> {
  return among(EVERYDAY, path, has) ?? among((await import('./routes.house.ts')).HOUSE, path, has);
}

function among(routes: readonly Route[], path: string, has: (...roles: Role[]) => boolean): Found | null {
  for (const route of routes) {
    for (const pattern of route.patterns) {
      const params = match(pattern, path);
      if (params && (route.roles.length === 0 || has(...route.roles))) return { route, params };
    }
  }
  return null;
}
