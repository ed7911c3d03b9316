interface Findable {
  name: string;
  email?: string | null;
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** Letters without their marks and case, so that "tomas" finds Tomás. */
const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** People, or groups of them, by name; with a query only those where every word of it begins a part of the name or address. */
export function matchPeople<Person extends Findable>(people: readonly Person[], query: string): Person[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const matching = people.filter((person) => {
    const text = folded(`${person.name} ${person.email ?? ''}`);
    const parts = [...text.split(/[\s.@_-]+/), ...text.split(/\s+/)];
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  });
  return matching.sort((one, other) => collator.compare(one.name, other.name));
}
