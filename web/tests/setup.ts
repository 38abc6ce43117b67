import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach, vi } from 'vitest';

/* What is waited for may come late on a machine that does other things as well. */
configure({ asyncUtilTimeout: 10_000 });

/* jsdom knows <dialog> but not how it is opened and closed. */
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

/* Files share a document: a clock that one of them held would keep the next one waiting. */
afterEach(() => void vi.useRealTimers());
