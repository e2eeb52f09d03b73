import { it } from 'vitest';
import { button, comeTo, heading, hostSet } from './support/making';
import { service } from './support/service';
const place = service();
for (const n of [2, 4, 6]) {
  it(`webkit ${n}`, async () => {
    const host = await place.engines.open('chromium');
    const links = await hostSet(host, place.origin);
    const guest = await place.engines.open('webkit');
    await comeTo(guest, place.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');
    const link = links.member;
    if (n % 2 === 0) await guest.goto('about:blank');
    await guest.goto(place.origin + link.slice(link.indexOf('/j#')));
    for (let i = 0; i < 100; i++) { if ((await guest.text()).includes('gathering')) break; await new Promise((r) => setTimeout(r, 100)); }
    if (!(await guest.text()).includes('gathering')) {
      const d = (n: number, p: Promise<unknown>) => Promise.race([p, new Promise((r) => setTimeout(() => r('late'), n))]);
      void d;
      const out = await guest.evaluate(async () => {
        const late = <T,>(p: Promise<T>) => Promise.race([p, new Promise((r) => setTimeout(() => r('LATE'), 3000))]);
        const dbs = await late(indexedDB.databases());
        const locks = await late(navigator.locks.query());
        const open = await late(new Promise((r) => { const q = indexedDB.open('setroom', 1); q.onsuccess = () => r('ok'); q.onerror = () => r('err'); q.onblocked = () => r('blocked'); }));
        const read = await late(fetch('/').then((r) => r.status));
        const res = performance.getEntriesByType('resource').map((e) => `${e.name.split('/').pop()} ${Math.round(e.duration)}`);
        const keys = await late(new Promise((r) => { const q = indexedDB.open('setroom', 1); q.onsuccess = () => { const g = q.result.transaction('sets', 'readonly').objectStore('sets').getAllKeys(); g.onsuccess = () => r(String(g.result)); g.onerror = () => r('err'); }; }));
        const got = await late(new Promise((r) => { const q = indexedDB.open('setroom', 1); q.onsuccess = () => { const g = q.result.transaction('sets', 'readonly').objectStore('sets').getAll(); g.onsuccess = () => r(JSON.stringify(g.result.map((o) => Object.keys(o)))); g.onerror = () => r('err' + g.error); }; }));
        const put = await late(new Promise((r) => { const q = indexedDB.open('setroom', 1); q.onsuccess = () => { const t = q.result.transaction('sets', 'readwrite'); t.objectStore('sets').put({ a: 1 }, 'zz'); t.oncomplete = () => r('done'); t.onabort = () => r('abort'); }; }));
        return JSON.stringify({ keys, got, put, dbs, locks, open, read, res, ss: Object.keys(sessionStorage) });
      });
      await guest.reload(); for (let i = 0; i < 60; i++) { if ((await guest.text()).includes('gathering')) break; await new Promise((r) => setTimeout(r, 100)); }
      process.stderr.write(`RELOADED ${(await guest.text()).includes('gathering')}\n`);
      process.stderr.write(`HUNG ${n} ${out}\n`);
    }
    await guest.close(); await host.close();
  });
}
