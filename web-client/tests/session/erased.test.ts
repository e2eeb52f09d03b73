/** For how long a set is kept, and what a browser keeps of one that is erased. */

import { beforeEach, describe, expect, it } from 'vitest';
import { Circle, type Person } from './circle';
import { when } from './fake-world';

describe('how long a set is kept', () => {
  let circle: Circle;
  let host: Person;
  let member: Person;

  beforeEach(async () => {
    circle = new Circle();
    host = await circle.host();
    member = await circle.join(host.session.links.value.member, 'Bethan', host);
  });

  it('says for how many days before anybody has joined', async () => {
    const late = await circle.join(host.session.links.value.member, 'Cai');
    expect(late.session.place.value).toMatchObject({ at: 'lobby' });
    expect(late.session.keptDays.value).toBe(30);
  });

  it('a set that is erased is gone from the browser too', async () => {
    expect(member.profile.sets.size).toBe(1);
    for (const person of [host, member]) circle.room.cut(circle.device(person), 4410);
    for (const person of [host, member]) {
      await when(person.session.place, (place) => place.at === 'ended');
      expect(person.session.place.value).toEqual({ at: 'ended', why: 'erased' });
      await expect.poll(() => person.profile.sets.size).toBe(0);
      expect(person.session.shared.value).toBeUndefined();
      expect(person.world.noted()).toBeUndefined();
    }
  });
});
