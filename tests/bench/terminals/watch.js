/*
 * Runs in the measured page: how long until what was asked for is painted, how evenly frames come, and which rows say what.
 *
 * Rules: "painted" is the task after the frame in which it first stood in the document. Moments are milliseconds since 1970.
 */
(() => {
  const PATIENCE_MS = 60_000;
  const now = () => performance.timeOrigin + performance.now();
  const rows = () => document.querySelectorAll('main tbody tr:not([hidden])');
  const long = [];
  const SCREENFUL = 12;
  /** What is searched of each terminal. */
  let devices = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map((each) => each.duration))).observe({ entryTypes: ['longtask'] });

  function painted() {
    return new Promise((done) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(now());
        channel.port2.postMessage(0);
      }),
    );
  }

  /** The moment at which `there` was first true and painted; looked at whenever the document changes. */
  function when(there) {
    return new Promise((ok, fail) => {
      const look = async () => {
        if (!there()) return;
        watching.disconnect();
        clearTimeout(timer);
        ok(await painted());
      };
      const timer = setTimeout(() => (watching.disconnect(), fail(new Error('not seen'))), PATIENCE_MS);
      const watching = new MutationObserver(look);
      watching.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      void look();
    });
  }

  globalThis.bench = {
    now,
    /** From the navigation to the first screenful, and to all rows. */
    async first(count) {
      const first = when(() => rows().length >= SCREENFUL);
      const all = when(() => rows().length === count);
      const took = [(await first) - performance.timeOrigin, (await all) - performance.timeOrigin];
      const told = (await (await fetch('/api/devices')).json()).devices;
      devices = told.map((one) => [one.seat_label, one.room_name, one.serial, one.agent, one.id].join(' ').toLowerCase());
      return took;
    },
    /** From a key in the search field to the rows that fit: the first screenful, and all of them. */
    async find(words) {
      const field = document.querySelector('main input[type=search]');
      const fitting = new Set(devices.filter((text) => text.includes(words.toLowerCase())));
      const began = now();
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, words);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      const first = when(() => rows().length >= Math.min(SCREENFUL, fitting.size) && rows().length <= fitting.size);
      const all = when(() => rows().length === fitting.size);
      return [(await first) - began, (await all) - began];
    },
    /** From a choice above the list to the first screenful of as many rows. */
    async choose(label, count) {
      const button = [...document.querySelectorAll('main [role=radio], main button, main label')].find((one) => one.textContent.trim() === label);
      const began = now();
      button.click();
      return (await when(() => (count ? rows().length >= Math.min(SCREENFUL, count) : rows().length === 0))) - began;
    },
    /** When so many rows say so, at each number between; `[number, moment]` whenever it changes, until it is `count`. */
    async saying(word, count) {
      const told = [];
      const many = () => [...rows()].filter((row) => row.textContent.includes(word)).length;
      await when(() => {
        const found = many();
        if (found !== told.at(-1)?.[0]) told.push([found, now()]);
        return found >= count;
      });
      told[told.length - 1][1] = now();
      return told;
    },
    /** Times between frames while the page goes up and down for so long, and tasks that held it meanwhile. */
    async scroll(for_ms) {
      const began = performance.now();
      const gaps = [];
      const held = long.length;
      let last = began;
      const height = document.documentElement.scrollHeight - innerHeight;
      while (last - began < for_ms) {
        const at = await new Promise(requestAnimationFrame);
        gaps.push(at - last);
        last = at;
        const part = ((at - began) / 4000) % 2;
        scrollTo(0, height * (part < 1 ? part : 2 - part));
      }
      return { gaps: gaps.slice(1), long: long.slice(held) };
    },
    /** The same rows, written into an empty document at once: what the browser itself needs for them. */
    async plain() {
      const frame = document.createElement('iframe');
      frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;background:white';
      document.body.append(frame);
      const styles = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n');
      const head = frame.contentDocument.createElement('style');
      head.textContent = styles;
      frame.contentDocument.head.append(head);
      await painted();
      const html = document.querySelector('main table').outerHTML;
      const began = now();
      frame.contentDocument.body.innerHTML = html;
      frame.contentDocument.body.getBoundingClientRect();
      const at = await painted();
      frame.remove();
      await painted();
      return at - began;
    },
  };
})();
