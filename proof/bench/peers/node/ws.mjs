// Node with ws: GET /<room>/<seat>.

import { WebSocketServer } from "ws";

import { Rooms, decide } from "./room.mjs";

const rooms = new Rooms();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (socket, request) => {
  const [, name, seat] = request.url.split("/");
  const room = rooms.of(name);
  room.members.add(socket);
  socket.on("message", (bytes) => {
    const event = decide(room, seat, bytes.toString());
    if (event === null) return;
    const frame = Buffer.from(event);
    for (const member of room.members) member.send(frame, { binary: false });
  });
  socket.on("close", () => room.members.delete(socket));
  socket.on("error", () => room.members.delete(socket));
});

server.on("listening", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
