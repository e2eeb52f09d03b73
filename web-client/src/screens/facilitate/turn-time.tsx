/** For how long somebody has had the floor: for those who run the meeting, who watch that all come to it. */

import type { JSX } from 'preact';
import { plain } from '../messages';
import { exact } from '../room/ring';
import { nameOf, useRoom } from '../room/room-context';

export function TurnTime(): JSX.Element | null {
  const room = useRoom();
  const { asking } = room.shared;
  if (asking === undefined) return null;
  const time = exact(Math.max(0, room.second.value - asking.since));
  return (
    <p class="hint" data-turn-time>
      {plain('turn-time', { name: nameOf(room, asking.seat), time })}
    </p>
  );
}
