/**
 * Telex in a field, whichever keys are used: after each letter the word before it becomes what Telex says.
 *
 * Rules: what was pasted or changed in the middle of a word stays as it is; `on` is asked at each key, so it can be switched off.
 *
 *     $effect(() => (field ? telexed(field, () => telex, (now) => (text = now)) : undefined));
 */
import { compose, lastWord } from './telex.ts';

export function telexed(field: HTMLInputElement | HTMLTextAreaElement, on: () => boolean, changed: (text: string) => void): () => void {
  let before = field.value;
  function typed(): void {
    const now = field.value;
    const caret = field.selectionStart ?? now.length;
    const key = now[caret - 1] ?? '';
    if (on() && now.length === before.length + 1 && /[a-z]/iu.test(key)) {
      const word = lastWord(now.slice(0, caret - 1));
      const fresh = compose(word, key);
      if (fresh !== word + key) field.setRangeText(fresh, caret - 1 - word.length, caret, 'end');
    }
    before = field.value;
    changed(before);
  }
  field.addEventListener('input', typed);
  return () => field.removeEventListener('input', typed);
}
