/**
 * The guides inside the product: which there are, whom each is for, and how they are fetched.
 *
 * Rules: every guide is there in Vietnamese; one that is not written in English yet comes in Vietnamese, and says so.
 *
 *     const { html } = await fetchGuide('chu-tri', 'en');
 */
import type { Language } from '../i18n/texts.svelte.ts';

export interface Guide {
  title: string;
  parts: { id: string; title: string }[];
  html: string;
}

const FILES = {
  'chu-tri': () => import('guide:chu-tri'),
  'thu-ky': () => import('guide:thu-ky'),
  'dai-bieu': () => import('guide:dai-bieu'),
  'usb-token': () => import('guide:usb-token'),
  'don-vi': () => import('guide:don-vi'),
  'van-thu': () => import('guide:van-thu'),
  'ky-thuat': () => import('guide:ky-thuat'),
  'cai-dat-thiet-bi': () => import('guide:cai-dat-thiet-bi'),
  'quan-tri-he-thong': () => import('guide:quan-tri-he-thong'),
  'quan-tri-an-ninh': () => import('guide:quan-tri-an-ninh'),
  'kiem-toan-vien': () => import('guide:kiem-toan-vien'),
} as const satisfies Record<string, () => Promise<{ default: Guide }>>;

/** What is written in English, too. */
const ENGLISH: Partial<Record<keyof typeof FILES, () => Promise<{ default: Guide }>>> = {
  'chu-tri': () => import('guide:en/chair'),
  'dai-bieu': () => import('guide:en/delegate'),
};

export type GuideName = keyof typeof FILES;
export const GUIDES = Object.keys(FILES) as GuideName[];

/** What an account's role reads first. */
const OF_ROLE: Readonly<Record<string, GuideName>> = {
  secretary: 'thu-ky',
  it: 'ky-thuat',
  clerk: 'van-thu',
  system_admin: 'quan-tri-he-thong',
  security_admin: 'quan-tri-an-ninh',
  auditor: 'kiem-toan-vien',
};

/** What somebody is besides the roles of their account. */
export interface Part {
  /** Of some meeting. */
  chairs: boolean;
  /** Or is deputy of a unit. */
  heads: boolean;
}

/** All guides, one's own first: of these account roles, of who chairs or heads a unit; and every delegate is one. */
export function guidesFor(roles: readonly string[], { chairs, heads }: Part = { chairs: false, heads: false }): GuideName[] {
  const parts: GuideName[] = [...(chairs ? (['chu-tri'] as const) : []), ...(roles.length === 0 ? (['dai-bieu'] as const) : []), ...(heads ? (['don-vi'] as const) : [])];
  const own = [...roles.flatMap((role) => OF_ROLE[role] ?? []), ...parts];
  return [...own, ...GUIDES.filter((name) => !own.includes(name))];
}

/** Whether there is a guide of this name. */
export function isGuide(name: string | undefined): name is GuideName {
  return name !== undefined && Object.hasOwn(FILES, name);
}

/** The guide's title, parts and text, and the language they are in. */
export async function fetchGuide(name: GuideName, wanted: Language = 'vi'): Promise<Guide & { language: Language }> {
  const english = wanted === 'en' ? ENGLISH[name] : undefined;
  const { default: guide } = await (english ?? FILES[name])();
  return { ...guide, language: english ? 'en' : 'vi' };
}
