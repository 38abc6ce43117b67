/*
 * Runs in every measured page: notes when a page of a paper has been painted, and turns pages with a stop-watch.
 *
 * Rules: "painted" is the task after the frame in which the picture first stood in the document. Moments are milliseconds since 1970,
 * so that pages, programs and clients of one machine can be compared.
 */
(() => {
  const PATIENCE_MS = 30_000;
  const painted = [];
  const waiting = new Set();
  let last = null;
  const now = () => performance.timeOrigin + performance.now();

  /** The page in front and its picture; the wall says the number below the picture, a reader in the label of its stage. */
  function inFront() {
    const stage = document.querySelector('.stage');
    const words = stage ? stage.getAttribute('aria-label') : document.querySelector('figure .number')?.textContent;
    const canvas = document.querySelector(stage ? '.stage canvas' : 'figure canvas');
    const page = Number(/\d+/.exec(words ?? '')?.[0]);
    return canvas && page ? { page, canvas } : null;
  }

  function afterPaint() {
    return new Promise((done) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(now());
        channel.port2.postMessage(0);
      }),
    );
  }

  async function look() {
    const seen = inFront();
    if (!seen || seen.canvas === last) return;
    last = seen.canvas;
    const at = await afterPaint();
    painted.push({ page: seen.page, at });
    for (const each of waiting) if (each.page === seen.page) each.done(at);
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributeFilter: ['aria-label'] });

  /** How long from `act` until `page` was painted, in milliseconds. */
  function timed(page, act) {
    const began = now();
    return new Promise((ok, fail) => {
      const wait = { page, done: (at) => (waiting.delete(wait), clearTimeout(timer), ok(at - began)) };
      const timer = setTimeout(() => (waiting.delete(wait), fail(new Error(`page ${page} was not painted`))), PATIENCE_MS);
      waiting.add(wait);
      act();
    });
  }

  const press = (key) =>
    (document.querySelector('.stage') ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const asked = () => performance.getEntriesByType('resource').filter((one) => /\/pages\/\d+\?width=(?!160)\d+$/.test(one.name));

  /** Titles hold their numbers by no-break spaces. */
  const plainly = (text) => text.replace(/\s+/g, ' ');

  globalThis.bench = {
    painted: () => painted,
    turn: (page, key) => timed(page, () => press(key)),
    click: (page, selector, words) =>
      timed(page, () => [...document.querySelectorAll(selector)].find((one) => plainly(one.textContent).includes(plainly(words))).click()),
    openJump: () => press('g'),
    jump: (page) => {
      const form = document.querySelector('dialog[open] form');
      const field = form.querySelector('input');
      field.value = String(page);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      return timed(page, () => form.requestSubmit());
    },
    forget: () => (performance.clearResourceTimings(), performance.setResourceTimingBufferSize(5000)),
    fetched: () => asked().map((one) => Number(/\/pages\/(\d+)/.exec(one.name)[1])),
    address: () => asked().at(-1).name,
    /** The yardstick: the same picture in an `<img>`, with nothing fetched before. */
    plain: async (address) => {
      const image = new Image();
      image.style.cssText = 'position:fixed;inset:0;z-index:99';
      const began = now();
      image.src = address;
      document.body.append(image);
      await image.decode();
      const took = (await afterPaint()) - began;
      image.remove();
      return took;
    },
    /** The yardstick of following: the state is asked for every second, the page shown in an `<img>`. */
    poll: (meeting, everyMs) => {
      let shown = 0;
      setInterval(async () => {
        const { sections } = await (await fetch(`/api/meetings/${meeting}`)).json();
        const there = sections.presenting;
        if (!there || there.page === shown) return;
        shown = there.page;
        const image = new Image();
        image.src = `/api/meetings/${meeting}/papers/${there.paper}/${there.version}/pages/${there.page}?width=1200`;
        document.body.replaceChildren(image);
        await image.decode();
        painted.push({ page: there.page, at: await afterPaint() });
      }, everyMs);
    },
  };
})();
