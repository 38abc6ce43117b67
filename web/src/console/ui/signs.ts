/** The signs of seats on a plan: no look is told by its colour alone. */
import check from 'icon:check';
import ballot from 'icon:vote';
import cross from 'icon:x';
import late from 'icon:clock-alert';
import leave from 'icon:log-out';
import mic from 'icon:mic';
import wrench from 'icon:wrench';

export const SIGNS: Readonly<Record<string, string | undefined>> = {
  here: check,
  offline: cross,
  behind: late,
  kept: wrench,
  speaking: mic,
  voted: ballot,
  away: leave,
};
