import { Avatar, type AvatarProps } from './avatar.tsx';

export interface AvatarStackProps {
  people: readonly { id: string; name: string; outside?: boolean; presence?: AvatarProps['presence'] }[];
  /** How many are drawn before "+n". */
  max?: number;
}

/** Overlapping avatars, the rest as a number; named as a whole by its people. */
export function AvatarStack({ people, max = 4 }: AvatarStackProps) {
  const shown = people.length > max ? people.slice(0, max - 1) : people;
  const rest = people.length - shown.length;
  return (
    <span role="img" aria-label={people.map(namedWith).join(', ')} className="flex items-center">
      {shown.map((person) => (
        <Avatar
          key={person.id}
          id={person.id}
          name={person.name}
          size={26}
          presence={person.presence}
          className={
            person.outside
              ? 'not-first:-ml-0.5 shadow-[0_0_0_2px_var(--sheet),0_0_0_3.5px_var(--outside)]'
              : 'not-first:-ml-0.5 shadow-[0_0_0_2px_var(--sheet)]'
          }
        />
      ))}
      {rest > 0 ? (
        <span
          aria-hidden
          className="relative -ml-0.5 grid h-6.5 min-w-6.5 place-items-center rounded-full bg-sunk px-1 text-[0.65625rem] font-semibold text-ink-2 shadow-[0_0_0_2px_var(--sheet)]"
        >
          +{rest}
        </span>
      ) : null}
    </span>
  );
}

const namedWith = ({ name, presence }: AvatarStackProps['people'][number]): string =>
  presence === undefined ? name : `${name} (${presence === 'doNotDisturb' ? 'do not disturb' : presence})`;
