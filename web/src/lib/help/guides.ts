/**
 * The guides inside the product: which there are, whom each is for, and how they are fetched.
 *
 *     const { html } = await fetchGuide('chu-tri');
 */
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
  'ky-thuat': () => import('guide:ky-thuat'),
  'quan-tri-he-thong': () => import('guide:quan-tri-he-thong'),
  'quan-tri-an-ninh': () => import('guide:quan-tri-an-ninh'),
  'kiem-toan-vien': () => import('guide:kiem-toan-vien'),
} as const satisfies Record<string, () => Promise<{ default: Guide }>>;

export type GuideName = keyof typeof FILES;
export const GUIDES = Object.keys(FILES) as GuideName[];

/** What an account's role reads first. */
const OF_ROLE: Readonly<Record<string, GuideName>> = {
  secretary: 'thu-ky',
  it: 'ky-thuat',
  system_admin: 'quan-tri-he-thong',
  security_admin: 'quan-tri-an-ninh',
  auditor: 'kiem-toan-vien',
};

/** All guides, those of these account roles first. */
export function guidesFor(roles: readonly string[]): GuideName[] {
  const own = roles.flatMap((role) => OF_ROLE[role] ?? []);
  return [...own, ...GUIDES.filter((name) => !own.includes(name))];
}

/** Whether there is a guide of this name. */
export function isGuide(name: string | undefined): name is GuideName {
  return name !== undefined && Object.hasOwn(FILES, name);
}

/** The guide's title, parts and text. */
export async function fetchGuide(name: GuideName): Promise<Guide> {
  return (await FILES[name]()).default;
}
