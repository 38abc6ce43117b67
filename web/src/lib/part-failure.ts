/**
 * Why a part of the screen is not there: it could not be fetched, or it is broken.
 *
 * Rules: browsers tell a failed `import()` by a TypeError as a fault of the code is one, so their words decide; what they do not say of
 * a part that they could not fetch is a fault of the page.
 *
 *     import('./Panel.svelte').catch((thrown) => partFailure(thrown).undelivered)
 */
import { Failure } from './failure.ts';

/* "Failed to fetch dynamically imported module", "error loading dynamically …", "Importing a module script failed.", "Unable to preload CSS". */
const UNFETCHED = /imported module|module script|fetch|preload|network|load failed/i;

export function partFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Error && UNFETCHED.test(thrown.message)) return new Failure('network');
  const failure = Failure.from(thrown);
  return failure.undelivered ? new Failure('page-fault', 0, {}, { message: String(thrown) }) : failure;
}
