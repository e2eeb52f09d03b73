// Bun's own WebSockets and publish/subscribe: GET /<room>/<seat>.

import { Rooms, decide } from "./room.mjs";

const rooms = new Rooms();

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const [, room, seat] = new URL(request.url).pathname.split("/");
    const data = { name: room, room: rooms.of(room), seat };
    return server.upgrade(request, { data }) ? undefined : new Response("", { status: 400 });
  },
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(socket.data.name);
    },
    message(socket, text) {
      const { name, room, seat } = socket.data;
      const event = decide(room, seat, text);
      if (event !== null) server.publish(name, event);
    },
  },
});

console.log(`listening on 127.0.0.1:${server.port}`);
