/**
 * The screens of those who run the house – its accounts, devices, documents, trust, record – and what others come to now and then: a
 * table of their own, fetched at the first way to one of them, so that a meeting's papers never wait for it.
 */
import { type Route, withTexts } from './routes.ts';

export const HOUSE: readonly Route[] = [
  {
    name: 'outlines',
    patterns: ['/meeting-outlines'],
    load: withTexts(() => import('./outlines/Outlines.svelte'), 'outlines', 'meeting'),
    roles: ['system_admin', 'secretary'],
  },
  {
    name: 'remarks',
    patterns: ['/remarks/:meeting'],
    load: withTexts(() => import('./before/Outside.svelte'), 'before', 'meeting'),
    roles: [],
  },
  { name: 'devices', patterns: ['/devices'], load: withTexts(() => import('./fleet/Devices.svelte'), 'meeting', 'fleet', 'upkeep'), roles: ['it'] },
  { name: 'updates', patterns: ['/devices/updates'], load: withTexts(() => import('./fleet/Updates.svelte'), 'updates', 'fleet'), roles: ['it'] },
  {
    name: 'enrol-list',
    patterns: ['/devices/list'],
    load: withTexts(() => import('./fleet/EnrolList.svelte'), 'enrolment', 'fleet'),
    roles: ['it'],
  },
  { name: 'book', patterns: ['/devices/book'], load: withTexts(() => import('./fleet/Book.svelte'), 'upkeep', 'fleet'), roles: ['it'] },
  {
    name: 'device-sheet',
    patterns: ['/devices/book/:device'],
    load: withTexts(() => import('./fleet/DeviceSheet.svelte'), 'upkeep', 'fleet'),
    roles: ['it'],
  },
  { name: 'rooms', patterns: ['/rooms'], load: withTexts(() => import('./fleet/Rooms.svelte'), 'meeting', 'fleet'), roles: ['it'] },
  {
    name: 'room-check',
    patterns: ['/rooms/:room/check'],
    load: withTexts(() => import('./fleet/RoomCheck.svelte'), 'roomcheck', 'fleet'),
    roles: ['it', 'secretary'],
  },
  {
    name: 'people',
    patterns: ['/people'],
    load: withTexts(() => import('./admin/People.svelte'), 'meeting', 'fleet', 'units', 'roster'),
    roles: ['system_admin', 'security_admin'],
  },
  {
    name: 'units',
    patterns: ['/people/units'],
    load: withTexts(() => import('./admin/Units.svelte'), 'meeting', 'fleet', 'units'),
    roles: ['system_admin', 'security_admin'],
  },
  {
    name: 'roster',
    patterns: ['/people/list'],
    load: withTexts(() => import('./admin/Roster.svelte'), 'meeting', 'fleet', 'units', 'roster'),
    roles: ['system_admin', 'security_admin'],
  },
  {
    name: 'review',
    patterns: ['/people/review'],
    load: withTexts(() => import('./admin/Review.svelte'), 'meeting', 'fleet', 'units', 'review'),
    roles: ['system_admin', 'security_admin', 'auditor'],
  },
  {
    name: 'hand-over',
    patterns: ['/people/hand-over/:person'],
    load: withTexts(() => import('./handover/HandOver.svelte'), 'meeting', 'units', 'handover'),
    roles: ['system_admin', 'security_admin'],
  },
  {
    name: 'hand-overs',
    patterns: ['/people/hand-overs'],
    load: withTexts(() => import('./handover/HandOvers.svelte'), 'meeting', 'units', 'handover'),
    roles: ['system_admin', 'security_admin', 'auditor'],
  },
  {
    name: 'handed-over',
    patterns: ['/people/hand-overs/:number'],
    load: withTexts(() => import('./handover/Protocol.svelte'), 'meeting', 'handover'),
    roles: ['system_admin', 'security_admin', 'auditor'],
  },
  { name: 'feedback', patterns: ['/feedback'], load: withTexts(() => import('./feedback/Feedback.svelte'), 'feedback'), roles: [] },
  { name: 'feedback-desk', patterns: ['/feedback/desk'], load: withTexts(() => import('./feedback/Desk.svelte'), 'feedback'), roles: ['it'] },
  { name: 'sign-ins', patterns: ['/sign-ins'], load: withTexts(() => import('./admin/OwnSignIns.svelte'), 'meeting', 'review', 'readings'), roles: [] },
  {
    name: 'agency',
    patterns: ['/agency'],
    load: withTexts(() => import('./admin/Agency.svelte'), 'meeting', 'agency'),
    roles: ['system_admin'],
  },
  {
    name: 'register',
    patterns: ['/register'],
    load: withTexts(() => import('./register/Register.svelte'), 'register', 'letters', 'house', 'meeting'),
    roles: ['clerk', 'secretary', 'auditor'],
  },
  {
    name: 'archive',
    patterns: ['/register/archive'],
    load: withTexts(() => import('./archive/Archive.svelte'), 'archive', 'meeting'),
    roles: ['clerk', 'secretary', 'auditor'],
  },
  { name: 'signatures', patterns: ['/signatures'], load: withTexts(() => import('./check/Check.svelte'), 'house', 'signing'), roles: [] },
  {
    name: 'trust',
    patterns: ['/trust', '/trust/:tab'],
    load: withTexts(() => import('./trust/Trust.svelte'), 'house'),
    roles: ['security_admin', 'auditor'],
  },
  { name: 'certificates', patterns: ['/certificates'], load: withTexts(() => import('./token/Own.svelte'), 'acts', 'factor'), roles: [] },
  {
    name: 'record',
    patterns: ['/record'],
    load: withTexts(() => import('./record/Record.svelte'), 'record'),
    roles: ['it', 'security_admin', 'secretary', 'auditor'],
  },
  {
    name: 'entries',
    patterns: ['/record/log'],
    load: withTexts(() => import('./record/Entries.svelte'), 'entries', 'meeting'),
    roles: ['auditor'],
  },
  {
    name: 'reports',
    patterns: ['/reports', '/reports/:period', '/reports/:period/:unit', '/reports/:period/:unit/:of', '/reports/:period/:unit/:of/:person'],
    load: withTexts(() => import('./reports/Reports.svelte'), 'reports', 'meeting'),
    roles: [],
  },
];
