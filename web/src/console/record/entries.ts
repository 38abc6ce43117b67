/** The logs as the auditor reads them (docs/API.md), and the filter for them. */
import { instantOf } from '../meeting/moments.ts';

export interface Entry {
  number: number;
  /** A meeting, or `house`. */
  log: string;
  /** The meeting's title; empty for the administrators' log. */
  title: string;
  seq: number;
  hash: string;
  /** Null for one that cannot be read any more. */
  at: string | null;
  actor: string;
  actor_name: string;
  /** The name of whom it is about. */
  about: string;
  kind: string;
  data: { readonly [key: string]: unknown };
  /** The same for people: name of each field and what it says, by language. */
  words: { readonly vi: readonly (readonly [string, string])[]; readonly en: readonly (readonly [string, string])[] };
}

export interface EntriesPage {
  entries: Entry[];
  /** Where to go on; null when nothing is left. */
  next: number | null;
}

export interface Wanted {
  log: string;
  actor: string;
  kind: string;
  /** Days, `2026-11-21`; '' for none. */
  since: string;
  until: string;
}

/** Every kind of entry there is, in the order in which it is offered. */
export const KINDS: readonly (readonly ['house' | 'meeting', string])[] = [
  ['house', 'account_created'],
  ['house', 'account_disabled'],
  ['house', 'account_enabled'],
  ['house', 'unit_added'],
  ['house', 'unit_changed'],
  ['house', 'unit_moved'],
  ['house', 'unit_closed'],
  ['house', 'unit_opened'],
  ['house', 'account_placed'],
  ['house', 'account_changed'],
  ['house', 'roster_taken'],
  ['house', 'outline_kept'],
  ['house', 'outline_retired'],
  ['house', 'paper_reminded'],
  ['house', 'readings_kept'],
  ['house', 'readings_read'],
  ['house', 'review_begun'],
  ['house', 'accounts_confirmed'],
  ['house', 'review_ended'],
  ['house', 'sign_ins_read'],
  ['house', 'password_changed'],
  ['house', 'password_reset'],
  ['house', 'second_factor_set'],
  ['house', 'second_factor_reset'],
  ['house', 'recovery_code_used'],
  ['house', 'recovery_codes_renewed'],
  ['house', 'task_given'],
  ['house', 'task_moved'],
  ['house', 'room_created'],
  ['house', 'room_drawn'],
  ['house', 'agency_described'],
  ['house', 'work_day_entered'],
  ['house', 'work_day_dropped'],
  ['house', 'calendar_address_made'],
  ['house', 'calendar_address_taken_back'],
  ['house', 'handover_begun'],
  ['house', 'handover_done'],
  ['house', 'display_linked'],
  ['house', 'device_approved'],
  ['house', 'device_refused'],
  ['house', 'device_revoked'],
  ['house', 'device_moved'],
  ['house', 'device_ordered'],
  ['house', 'device_kept'],
  ['house', 'device_kept_no_more'],
  ['house', 'device_woken'],
  ['house', 'screen_hours_set'],
  ['house', 'device_reenrolled'],
  ['house', 'device_renews_too_often'],
  ['house', 'device_copied'],
  ['house', 'device_first_key'],
  ['house', 'device_store_lost'],
  ['house', 'device_store_shut'],
  ['house', 'device_store_anew'],
  ['house', 'device_store_fault'],
  ['house', 'device_store_opened'],
  ['house', 'device_alert_settled'],
  ['house', 'enrolment_list_taken'],
  ['house', 'enrolment_row_taken_back'],
  ['house', 'enrolment_row_locked'],
  ['house', 'enrolment_serial_again'],
  ['house', 'upkeep_written'],
  ['house', 'upkeep_ended'],
  ['house', 'upkeep_corrected'],
  ['house', 'upkeep_planned'],
  ['house', 'upkeep_plan_ended'],
  ['house', 'release_added'],
  ['house', 'release_dropped'],
  ['house', 'rollout_begun'],
  ['house', 'rollout_moved'],
  ['house', 'rollout_stopped'],
  ['house', 'rollout_resumed'],
  ['house', 'rollout_hurried'],
  ['house', 'rollout_skipped'],
  ['house', 'rollout_ended'],
  ['house', 'device_wipe_ordered'],
  ['house', 'device_wiped'],
  ['house', 'anchor_added'],
  ['house', 'anchor_removed'],
  ['house', 'certificate_enrolled'],
  ['house', 'certificate_withdrawn'],
  ['house', 'certificate_revoked'],
  ['house', 'picture_set'],
  ['house', 'dossier_exported'],
  ['house', 'dossier_filed'],
  ['house', 'retention_changed'],
  ['house', 'archive_listed'],
  ['house', 'archive_handed'],
  ['house', 'archive_taken_back'],
  ['house', 'signing_opened'],
  ['house', 'signing_signed'],
  ['house', 'signing_closed'],
  ['house', 'rehearsal_held'],
  ['house', 'record_exported'],
  ['house', 'record_verified'],
  ['house', 'record_restored'],
  ['house', 'record_led'],
  ['house', 'letter_drafted'],
  ['house', 'letter_dropped'],
  ['house', 'consultation_drafted'],
  ['house', 'consultation_dropped'],
  ['house', 'consultation_paper_added'],
  ['house', 'consultation_paper_dropped'],
  ['house', 'consultation_submitted'],
  ['house', 'consultation_taken_back'],
  ['house', 'consultation_returned'],
  ['house', 'consultation_sent'],
  ['house', 'consultation_answered'],
  ['house', 'consultation_drawn'],
  ['house', 'consultation_extended'],
  ['house', 'consultation_reminded'],
  ['house', 'consultation_recipient_removed'],
  ['house', 'consultation_closed'],
  ['house', 'consultation_withdrawn'],
  ['house', 'log_read'],
  ['house', 'meeting_log_read'],
  ['meeting', 'absence_decided'],
  ['meeting', 'agenda_set'],
  ['meeting', 'attendance_recorded'],
  ['meeting', 'ballots_awaited'],
  ['meeting', 'ballots_called'],
  ['meeting', 'ballots_given'],
  ['meeting', 'ballots_taken'],
  ['meeting', 'display_set'],
  ['meeting', 'epoch_started'],
  ['meeting', 'invitation_answered'],
  ['meeting', 'invitation_reminded'],
  ['meeting', 'item_started'],
  ['meeting', 'letter_issued'],
  ['meeting', 'letter_put_up'],
  ['meeting', 'letter_revoked'],
  ['meeting', 'letter_withdrawn'],
  ['meeting', 'meeting_approved'],
  ['meeting', 'meeting_cancelled'],
  ['meeting', 'meeting_closed'],
  ['meeting', 'meeting_created'],
  ['meeting', 'meeting_described'],
  ['meeting', 'meeting_locked'],
  ['meeting', 'meeting_opened'],
  ['meeting', 'meeting_recessed'],
  ['meeting', 'meeting_resumed'],
  ['meeting', 'meeting_returned'],
  ['meeting', 'meeting_submitted'],
  ['meeting', 'members_set'],
  ['meeting', 'page_presented'],
  ['meeting', 'paper_approved'],
  ['meeting', 'paper_published'],
  ['meeting', 'paper_recalled'],
  ['meeting', 'paper_returned'],
  ['meeting', 'paper_signed'],
  ['meeting', 'paper_submitted'],
  ['meeting', 'person_left'],
  ['meeting', 'person_seated'],
  ['meeting', 'presenter_set'],
  ['meeting', 'presenting_stopped'],
  ['meeting', 'recall_confirmed'],
  ['meeting', 'recall_started'],
  ['meeting', 'round_closed'],
  ['meeting', 'round_opened'],
  ['meeting', 'vote_announced'],
  ['meeting', 'vote_closed'],
  ['meeting', 'vote_opened'],
  ['meeting', 'vote_paused'],
  ['meeting', 'vote_prepared'],
  ['meeting', 'vote_resumed'],
  ['meeting', 'vote_withdrawn'],
  ['meeting', 'speaking_ordered'],
  ['meeting', 'speaking_rules_set'],
  ['meeting', 'speech_asked'],
  ['meeting', 'speech_called'],
  ['meeting', 'speech_cancelled'],
  ['meeting', 'speech_extended'],
  ['meeting', 'speech_paused'],
  ['meeting', 'speech_put_back'],
  ['meeting', 'speech_refused'],
  ['meeting', 'speech_resumed'],
  ['meeting', 'speech_started'],
  ['meeting', 'speech_stopped'],
  ['meeting', 'speech_written'],
  ['meeting', 'member_recused'],
  ['meeting', 'recusal_ended'],
  ['meeting', 'substitute_named'],
  ['meeting', 'substitute_ended'],
  ['meeting', 'service_asked'],
  ['meeting', 'service_taken'],
  ['meeting', 'service_ended'],
  ['meeting', 'notice_prepared'],
  ['meeting', 'notice_read'],
  ['meeting', 'notice_sent'],
  ['meeting', 'notice_withdrawn'],
  ['meeting', 'item_concluded'],
  ['meeting', 'paper_requested'],
  ['meeting', 'paper_request_changed'],
  ['meeting', 'paper_request_withdrawn'],
  ['meeting', 'paper_request_reminded'],
  ['meeting', 'remark_written'],
  ['meeting', 'remark_changed'],
  ['meeting', 'remark_withdrawn'],
  ['meeting', 'remark_answered'],
  ['meeting', 'advance_asked'],
  ['meeting', 'advance_accepted'],
  ['meeting', 'advance_refused'],
  ['meeting', 'advance_withdrawn'],
  ['meeting', 'advance_ordered'],
];

export const ALL: Wanted = { log: '', actor: '', kind: '', since: '', until: '' };
const DAY_MS = 86_400_000;

/** The body of a request; the last day is wanted whole. */
export function request(wanted: Wanted, before?: number): { [key: string]: string | number } {
  const since = instantOf(wanted.since, '00:00');
  const last = instantOf(wanted.until, '00:00');
  const until = last === null ? null : new Date(Date.parse(last) + DAY_MS).toISOString();
  const { log, actor, kind } = wanted;
  const given = Object.entries({ log, actor, kind, since, until }).filter(([, value]) => value);
  return { ...Object.fromEntries(given as [string, string][]), ...(before === undefined ? {} : { before }) };
}

/** The id of the person who acted; '' for the server and for devices. */
export function personOf(entry: Entry): string {
  return entry.actor.startsWith('person:') ? entry.actor.slice('person:'.length) : '';
}

/** What is written beside the kind: whom, what, why; at most three short things. */
export function details(entry: Entry): string {
  const words = ['title', 'name', 'question', 'label', 'reason', 'text'].flatMap((key) => {
    const value = entry.data[key];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return [...new Set([entry.about, ...words])].filter(Boolean).slice(0, 3).join(' · ');
}
