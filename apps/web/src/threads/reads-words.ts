import { formatList } from '@parley/ui';

/**
 * Who will read what is about to be written: "Read by Bob Okafor at Acme Freight". Those who came with an import and
 * have not joined yet are counted apart, and organisations of partners are named.
 */
export function readsWords(
  others: readonly { name: string; placeholder: boolean }[],
  organisation: string | undefined,
  partners: readonly string[] = [],
): string {
  const readers = others.filter(({ placeholder }) => !placeholder);
  const absent = others.length - readers.length;
  const places = [...(organisation === undefined ? [] : [organisation]), ...partners];
  const where = places.length === 0 ? '' : ` at ${formatList(places)}`;
  const later = absent === 0 ? '' : `, and by ${absent} who ${absent === 1 ? 'has' : 'have'} not joined yet`;
  const [only] = readers;
  if (only === undefined) {
    return absent === 0 ? 'Only you are here. Add people in the details.' : `Read by you${later}`;
  }
  return readers.length === 1
    ? `Read by ${only.name}${where}${later}`
    : `Read by ${readers.length} others${where}${later}`;
}
