/** Generates what a zod schema accepts, and what it is likely to refuse, from the schema itself. */
import fc from 'fast-check';
import * as z from 'zod/mini';
import type { $ZodCheckDef, $ZodCheckGreaterThanDef, $ZodCheckRegexDef, $ZodType, $ZodTypes } from 'zod/v4/core';

export type Schema = $ZodType;

interface Bounds {
  /** Ids for the field of this name, so that some of them name something. */
  idsFor?: (field: string) => fc.Arbitrary<string>;
}

/** Values that the schema accepts. @throws Error for a kind of schema that no input has used so far */
export function arbitraryOf(schema: Schema, { idsFor = () => fc.uuid() }: Bounds = {}): fc.Arbitrary<unknown> {
  const of = (inner: $ZodType, field: string): fc.Arbitrary<unknown> => build(inner, field).filter(accepts(inner));

  function build(inner: $ZodType, field: string): fc.Arbitrary<unknown> {
    const { def } = (inner as $ZodTypes)._zod;
    switch (def.type) {
      case 'object': {
        const fields = Object.entries(def.shape as Record<string, $ZodType>);
        return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, of(field, name)])), {
          requiredKeys: fields.filter(([, field]) => field._zod.optin !== 'optional').map(([name]) => name),
        });
      }
      case 'array':
        return fc.array(of(def.element, field), sizeOf(inner, 4));
      case 'tuple':
        return fc.tuple(...def.items.map((item) => of(item, field)));
      case 'record':
        return fc.dictionary(of(def.keyType, field) as fc.Arbitrary<string>, of(def.valueType, field), { maxKeys: 3 });
      case 'union':
        return fc.oneof(...def.options.map((option) => of(option, field)));
      case 'nullable':
        return fc.option(of(def.innerType, field), { freq: 2 });
      case 'optional':
        return of(def.innerType, field);
      case 'pipe':
        // What comes out narrows what goes in, unless it is made by a function.
        return of(def.out._zod.def.type === 'string' ? def.out : def.in, field);
      case 'literal':
        return fc.constantFrom(...def.values);
      case 'enum':
        return fc.constantFrom(...Object.values(def.entries));
      case 'boolean':
        return fc.boolean();
      case 'unknown':
        return fc.jsonValue({ maxDepth: 2 });
      case 'number':
        return numbersOf(inner);
      case 'string':
        return (def as { format?: string }).format === 'uuid' ? idsFor(field) : stringsOf(inner);
      default:
        throw new Error(`Nobody has said yet how a ${def.type} is made.`);
    }
  }
  return of(schema, '');
}

/** Values that were right until somebody laid hands on one place. Some are right still: ask the schema. */
export const spoiledOf = (schema: Schema, bounds?: Bounds): fc.Arbitrary<unknown> =>
  fc
    .tuple(arbitraryOf(schema, bounds), fc.nat(), fc.constantFrom(...spoilings), nasty)
    .map(([value, choice, spoil, by]) => {
      const places = placesIn(value);
      return changed(value, places[choice % places.length] ?? [], (part) => spoil(part, by));
    });

/** What has broken programs before, and anything else. */
const nasty = fc.oneof(
  fc.constantFrom<unknown>('', ' ', '\0', '\ud800', '__proto__', 'constructor', '0', null, true, [], {}),
  fc.constantFrom<unknown>(-1, -0, 1.5, 1e308, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, undefined),
  fc.constantFrom<unknown>(
    'x'.repeat(20_000),
    nested(500),
    Array.from({ length: 6_000 }, () => 0),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.jsonValue({ maxDepth: 3 }),
);

const spoilings: ((part: unknown, by: unknown) => unknown)[] = [
  (_part, by) => by,
  (part) => (typeof part === 'string' ? part.toUpperCase() : undefined),
  (part) => (typeof part === 'string' ? part.padEnd(20_000, 'x') : [part]),
  (part) => (typeof part === 'string' ? `${part}\0` : { ...(part as object) }),
  // Too many of whatever it is, and still one push.
  (part) =>
    Array.isArray(part)
      ? Array.from({ length: typeof part[0] === 'object' ? 300 : 6_000 }, () => part[0] as unknown)
      : JSON.stringify(part),
  (part, by) => withOwn(part, '__proto__', by),
  (part, by) => withOwn(part, 'toString', by),
  (part, by) => withOwn(part, 'somethingElse', by),
];

/** As it comes out of `JSON.parse`, where `__proto__` is a name like any other. */
const withOwn = (part: unknown, key: string, value: unknown): unknown =>
  Object.defineProperty({ ...(part as object) }, key, { value, enumerable: true, configurable: true, writable: true });

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** @throws Error instead of trying for ever to satisfy a rule that is no part of the schema's description */
function accepts(schema: $ZodType): (value: unknown) => boolean {
  let inVain = 0;
  return (value) => {
    const { success } = z.safeParse(schema, value);
    inVain = success ? 0 : inVain + 1;
    if (inVain > 1_000) throw new Error(`Nothing is found that this takes: ${JSON.stringify(z.toJSONSchema(schema))}`);
    return success;
  };
}

type Place = (string | number)[];

/** Every place in a value, as the keys that lead there. */
function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: Place, change: (part: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? changed(item, rest, change) : item));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: changed(record[key], rest, change) };
}

type Check = $ZodCheckDef & Partial<Pick<$ZodCheckGreaterThanDef, 'value'> & $ZodCheckRegexDef>;

const checksOf = (schema: $ZodType): Check[] =>
  ((schema._zod.def as { checks?: { _zod: { def: Check } }[] }).checks ?? []).map(({ _zod }) => _zod.def);

function sizeOf(schema: $ZodType, enough: number): { minLength: number; maxLength: number } {
  const { minimum = 0, maximum = Infinity } = schema._zod.bag as { minimum?: number; maximum?: number };
  return { minLength: minimum, maxLength: Math.min(maximum, Math.max(minimum, enough)) };
}

function numbersOf(schema: $ZodType): fc.Arbitrary<number> {
  const { minimum, maximum } = schema._zod.bag as { minimum?: number; maximum?: number };
  const [min, max] = [minimum ?? Number.MIN_SAFE_INTEGER, maximum ?? Number.MAX_SAFE_INTEGER];
  const small = fc.integer({ min: Math.max(min, -9), max: Math.min(max, Math.max(min, 0) + 9) });
  return fc.oneof(small, fc.integer({ min, max }), fc.constantFrom(min, max));
}

function stringsOf(schema: $ZodType): fc.Arbitrary<string> {
  const { minimum = 0, maximum = 1_000 } = schema._zod.bag as { minimum?: number; maximum?: number };
  if ((schema._zod.def as { format?: string }).format === 'email') return fc.emailAddress();
  const pattern = checksOf(schema).find(({ check, pattern: found }) => check === 'string_format' && found)?.pattern;
  if (pattern) return stringsMatching(pattern);
  const { minLength, maxLength } = sizeOf(schema, 60);
  return fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'binary', minLength, maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum).map((length) => 'ж'.repeat(length)) },
  );
}

function stringsMatching(pattern: RegExp): fc.Arbitrary<string> {
  // Classes of characters are not understood by `stringMatching`; the only such pattern is that of a reaction.
  if (pattern.source.includes('\\p{')) return fc.constantFrom('👍', '🏳️‍🌈', ':party-parrot:', '7');
  return fc.stringMatching(pattern);
}
