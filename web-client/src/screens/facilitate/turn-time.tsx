/** For how long somebody has had the floor: for those who run the meeting, who watch that all come to it. */

import type { JSX } from 'preact';
import { plain } from '../messages';
import { exact } from '../room/ring';
import { nameOf, turnOf, useRoom } from '../room/room-context';

export function TurnTime(): JSX.Element | null {
  const room = useRoom();
  const { asking, turn_since: round } = room.shared;
  const seat = asking?.seat ?? turnOf(room.shared);
  const since = asking?.since ?? round;
  if (seat === undefined || since === undefined) return null;
  const time = exact(Math.max(0, room.second.value - since));
  return (
    <p class="hint" data-turn-time>
      {plain('turn-time', { name: nameOf(room, seat), time })}
    </p>
  );
}
