/** Characters of a title that are kept. */
const KEPT = 80;

/** `Berlin: depot/rota` → `Berlin depot rota.html`; a name that every file system takes. */
export function fileName(title: string, extension: string): string {
  const words = title.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
  return `${[...words.trim()].slice(0, KEPT).join('').trim() || 'Thread'}.${extension}`;
}
