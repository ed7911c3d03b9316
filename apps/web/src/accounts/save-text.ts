/** Offers a text as a file; the browser asks where to put it, or puts it where downloads go. */
export function saveText(text: string, { name, type }: { name: string; type: string }): void {
  saveFile(new Blob([text], { type }), name);
}

export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
