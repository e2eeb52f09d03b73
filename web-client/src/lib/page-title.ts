/** What the browser writes on the tab: in a room what is due there, elsewhere the page's heading. */

let heading = '';
let inRoom: readonly string[] | undefined;

function draw(): void {
  document.title = (inRoom ?? [heading]).concat('Setroom').filter((part) => part !== '').join(' · ');
}

/** Names the page by its heading. */
export function titleByHeading(text: string): void {
  heading = text;
  draw();
}

/** Names the page by what is due in the room, the most urgent first; `undefined` outside it. */
export function titleByRoom(parts: readonly string[] | undefined): void {
  inRoom = parts;
  draw();
}
