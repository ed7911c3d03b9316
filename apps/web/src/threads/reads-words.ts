/** Who will read what is about to be written: "Read by Bob at Acme Freight". */
export function readsWords(others: readonly { name: string }[], organisation: string | undefined): string {
  const [only] = others;
  if (only === undefined) return 'Only you are here. Add people in the details.';
  const where = organisation === undefined ? '' : ` at ${organisation}`;
  return others.length === 1 ? `Read by ${only.name}${where}` : `Read by ${others.length} others${where}`;
}
