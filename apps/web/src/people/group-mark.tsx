import type { GroupKind } from '@parley/core/groups';
import { classNames } from '@parley/ui';
import { AtSign, Building2, UsersRound } from 'lucide-react';

const icons = { org: Building2, team: UsersRound, all: AtSign } as const;
const sizes = { 20: 'size-5 rounded-sm', 26: 'size-6.5 rounded-md', 34: 'size-8.5 rounded-lg' } as const;

/** Stands where a person has an avatar; square, for a group is nobody. */
export function GroupMark({ kind, size = 34 }: { kind: GroupKind | 'all'; size?: keyof typeof sizes }) {
  const Icon = icons[kind];
  return (
    <span aria-hidden className={classNames('grid shrink-0 place-items-center bg-sunk text-ink-2', sizes[size])}>
      <Icon size={Math.round(size * 0.55)} strokeWidth={1.9} />
    </span>
  );
}
