/** Files that are made here and saved here: nothing is sent anywhere. */

/** Saves `text` under `name` in the browser's downloads. */
export function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then; the memory need not stay.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
