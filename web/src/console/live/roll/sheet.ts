/** The attendance sheet as the server reads it from the log: every word, and the seconds of each item. */
import type { Attendance } from '$lib/sections.ts';

export interface Sheet {
  items: { item: string; number: string; title: string; seconds: number }[];
  people: {
    person: string;
    name: string;
    counts: boolean;
    words: { at: string; presence: Attendance['presence']; method: Attendance['method']; reason: string; by: string }[];
    spans: [string, string][];
    /** One for each of `items`. */
    seconds: number[];
  }[];
}
