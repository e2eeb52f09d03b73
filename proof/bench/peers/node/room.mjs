// What a room of a Setroom peer does with a command: it checks it against its state, changes that,
// counts the change, and writes it as one JSON event. The same for every server in JavaScript.

export class Rooms {
  #rooms = new Map();

  of(name) {
    let room = this.#rooms.get(name);
    if (!room) {
      room = { seq: 0, ticks: new Set(), members: new Set() };
      this.#rooms.set(name, room);
    }
    return room;
  }
}

/** The event that a command leads to, as text; null when it changes nothing. */
export function decide(room, seat, text) {
  const frame = JSON.parse(text);
  if (frame.t !== "do" || frame.cmd?.c !== "tick") return null;
  const on = frame.cmd.on === true;
  if (room.ticks.has(seat) === on) return null;
  if (on) room.ticks.add(seat);
  else room.ticks.delete(seat);
  room.seq += 1;
  return JSON.stringify({
    t: "change",
    seq: room.seq,
    at: Date.now(),
    by: seat,
    re: frame.cid,
    what: "ticked",
    shared: { seats: { [seat]: { tick: on ? true : null } } },
  });
}
