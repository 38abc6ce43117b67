/** What may wait for a person, a card of the first page each: where it is asked, and the words of its rows. */
import { dateTime, shortDate, shortDateTime } from '$lib/i18n/format.ts';
import { t } from '$lib/i18n/texts.svelte.ts';
import { together } from '$lib/i18n/together.ts';
import type { Waiting } from '../before/before.ts';
import * as invitation from '../invitation/invitation.ts';
import type { ToRead } from '../readings/readings.ts';
import * as requests from '../requests/requests.ts';

export interface Row {
  path: string;
  what: string;
  /** Empty ones are left out. */
  about: readonly string[];
  wrong?: string;
  chip?: { tone: 'neutral' | 'good' | 'bad' | 'warn' | 'accent'; words: string };
}
export interface Waits<Found = unknown> {
  address: string;
  show: (found: Found) => { title: string; rows: Row[] };
}
interface Minutes {
  meeting: string;
  title: string;
  task: 'comment' | 'answer';
  until: string | null;
  open: number;
}

const invitations: Waits<{ invitations: invitation.Mine[] }> = {
  address: '/api/invitations',
  show: ({ invitations: all }) => {
    const waits = ({ mine, sent }: invitation.Mine): boolean => mine.reply === null && !sent.revoked_at;
    const waiting = all.filter(waits);
    return {
      title: waiting.length > 0 ? t('invitation.home_waiting', { n: waiting.length }) : t('invitation.home'),
      rows: [...waiting, ...all.filter((one) => !waits(one))].map((one) => {
        const { meeting, title, starts_at, room_name, sent, mine, timing } = one;
        const open = waits(one);
        return {
          path: `/meetings/${meeting}/invitation`,
          what: together(title),
          about: [
            shortDateTime(starts_at),
            room_name,
            sent.number,
            sent.revoked_at ? t('invitation.home_revoked') : sent.moved ? t('invitation.home_moved') : '',
            open && mine.reminders > 0 ? t('invitation.home_reminded', { n: mine.reminders }) : '',
            open && timing?.answers_late ? t('invitation.home_late') : '',
          ],
          // An answer to what was revoked says nothing of who comes.
          ...(sent.revoked_at
            ? {}
            : { chip: { tone: open ? 'warn' : invitation.tone(mine), words: t(open ? 'invitation.home_answer' : invitation.standing(mine), { name: mine.substitute_name }) } as const }),
        };
      }),
    };
  },
};

interface Old {
  meeting: string;
  title: string;
  starts_at: string;
  room_name: string;
  stage: string;
  number: string | null;
}
const old: Waits<{ letters: Old[] }> = {
  address: '/api/letters/outdated',
  show: ({ letters }) => {
    // A row for each meeting: there all of them are seen.
    const last = [...new Map(letters.map((one) => [one.meeting, one])).values()];
    return {
      title: t('invitation.old', { n: last.length }),
      rows: last.map(({ meeting, title, starts_at, room_name, stage, number }) => ({
        path: `/meetings/${meeting}/letters`,
        what: together(title),
        about: [shortDateTime(starts_at), room_name, number ?? ''],
        chip: { tone: 'warn', words: t(`invitation.old_stage.${stage}`) },
      })),
    };
  },
};

interface Received {
  meeting: string;
  title: string;
  round: string;
  kind: string;
  abstract: string;
  sent_at: string;
}
const received: Waits<{ letters: Received[] }> = {
  address: '/api/letters/received',
  show: ({ letters }) => ({
    title: t('invitation.received', { n: letters.length }),
    rows: letters.map(({ meeting, title, round, kind, abstract, sent_at }) => ({
      path: `/meetings/${meeting}/signing/${round}`,
      what: `${t(`invitation.received_kind.${kind}`)}: ${together(abstract)}`,
      about: [together(title), shortDateTime(sent_at)],
    })),
  }),
};

const asked: Waits<{ requests: requests.Mine[] }> = {
  address: '/api/requests',
  show: ({ requests: all }) => {
    const n = all.filter(requests.waits).length;
    return {
      title: n > 0 ? t('requests.home_waiting', { n }) : t('requests.home'),
      rows: all.map((line) => ({
        path: `/requests/${line.meeting}/${line.request}`,
        what: together(line.what),
        about: [
          together(line.title),
          shortDateTime(line.starts_at),
          t(`requests.when.${requests.when(line)}`, { day: shortDate(`${line.until}T05:00:00Z`), n: Math.abs(line.days_left) }),
          requests.waits(line) && line.reminders > 0 ? t('requests.home_reminded', { n: line.reminders }) : '',
        ],
        wrong: line.reason ? t('requests.reason.returned', { reason: line.reason }) : '',
        chip: { tone: requests.tone(line), words: t(`requests.standing.${line.overdue ? 'overdue' : line.standing}`) },
      })),
    };
  },
};

const readings: Waits<{ papers: ToRead[] }> = {
  address: '/api/readings/waiting',
  show: ({ papers }) => ({
    title: t('readings.home', { n: papers.length }),
    rows: papers.map((one) => ({
      path: `/meetings/${one.meeting}/papers/${one.paper}`,
      what: together(one.paper_title),
      about: [together(one.title), shortDateTime(one.starts_at), t('readings.home_reminded', { n: one.reminders, at: shortDateTime(one.reminded_at) })],
    })),
  }),
};

const before: Waits<{ meetings: Waiting[] }> = {
  address: '/api/remarks',
  show: ({ meetings }) => ({
    title: t('before.home'),
    rows: meetings.map((one) => ({
      path: one.member ? `/meetings/${one.meeting}/before` : `/remarks/${one.meeting}`,
      what: [one.questions > 0 ? t('before.home_questions', { n: one.questions }) : '', one.requests > 0 ? t('before.home_requests', { n: one.requests }) : '']
        .filter(Boolean)
        .join(' · '),
      about: [together(one.title), shortDateTime(one.starts_at)],
    })),
  }),
};

const minutes: Waits<{ minutes: Minutes[] }> = {
  address: '/api/minutes/waiting',
  show: ({ minutes: all }) => ({
    title: t('minutes.waiting.title'),
    rows: all.map((one) => ({
      path: `/meetings/${one.meeting}/minutes`,
      what: one.task === 'answer' ? t('minutes.waiting.answer', { n: one.open }) : t('minutes.waiting.comment', { at: one.until ? dateTime(one.until) : '' }),
      about: [together(one.title)],
    })),
  }),
};

/** In the order of the page. Each is handed what its own address gave. */
export const CARDS = [old, invitations, received, asked, minutes, readings, before] as unknown as readonly Waits[];
/** The catalogues they speak from. */
export const AREAS = ['invitation', 'requests', 'minutes', 'readings', 'before'] as const;
