/*
 * Runs in a page: when was a thing that people wait for painted, and when did a finger confirm the PIN.
 *
 * Rules: "painted" is the task after the frame in which it first stood in the document. Moments are milliseconds since 1970, made from
 * performance.timeOrigin, so that they can be compared with those of a program of the same machine.
 */
(() => {
  const PATIENCE_MS = 20_000;
  const now = () => performance.timeOrigin + performance.now();
  const seen = (text) =>
    [...document.querySelectorAll('h1, h2, p, strong, button')].some((one) => one.textContent.replace(/\s+/g, ' ').includes(text) && one.checkVisibility());
  const STATES = {
    // Nothing of a meeting: the words of the lock are there and no picture of a page is.
    locked: () => seen('Tài liệu không hiển thị khi khóa') && !document.querySelector('canvas') && !document.querySelector('[aria-label="Thao tác"]'),
    // The agenda with its buttons, or the page that was in front when the lock fell.
    inside: () => document.querySelector('[aria-label="Thao tác"]')?.checkVisibility() === true || STATES.page(),
    page: () => document.querySelector('.stage canvas') !== null,
    // A console: the words of the lock are there, and what was in front is not to be seen.
    covered: () => seen('Màn hình đang khóa') && document.querySelector('.app')?.checkVisibility({ visibilityProperty: true }) === false,
    uncovered: () => document.querySelector('.app h1')?.checkVisibility({ visibilityProperty: true }) === true,
    welcome: () => seen('Cắm USB token để đăng nhập'),
  };
  let waiting = null;

  function look() {
    if (!waiting || waiting.closing || !STATES[waiting.state]()) return;
    const mine = waiting;
    mine.closing = true;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => mine.done(now());
      channel.port2.postMessage(0);
    });
  }

  let confirmed = 0;
  document.addEventListener('click', () => { confirmed = now(); }, true);
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  window.tokenBench = {
    /** Begin to wait for a state; `done()` gives the moment at which it was painted. */
    expect(state) {
      waiting = { state };
      waiting.painted = new Promise((done, failed) => {
        waiting.done = done;
        setTimeout(() => failed(new Error(`never ${state}: ${document.body.innerText.slice(0, 300)}`)), PATIENCE_MS);
      });
      waiting.painted.catch(() => undefined);
      look();
    },
    done: () => waiting.painted,
    confirmed: () => confirmed,
    now,
  };
})();
