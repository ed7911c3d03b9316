import type { ThreadOrgRow, ThreadPermission } from '@parley/core/thread-orgs';
import { classNames, Segmented } from '@parley/ui';
import { OrganisationMark } from '../shell/organisation-mark.tsx';

const choices = [
  { value: 'post', label: 'Write' },
  { value: 'invite', label: 'Write and add colleagues' },
] as const;

export interface PermissionChoiceProps {
  partner: string;
  value: ThreadPermission;
  onChange: (permission: ThreadPermission) => void;
}

/** Whether people of a partner only write in a thread, or also add others of theirs. */
export const PermissionChoice = ({ partner, value, onChange }: PermissionChoiceProps) => (
  <Segmented label={`What ${partner} may do`} value={value} options={choices} onChange={onChange} />
);

export interface ThreadOrganisation extends Pick<ThreadOrgRow, 'name' | 'state' | 'permission'> {
  id: string;
  isHome: boolean;
  /** Not the reader's. */
  isOutside: boolean;
}

export interface ThreadOrganisationsProps {
  organisations: readonly ThreadOrganisation[];
  /** Where the reader decides what partners may do. */
  onPermit: ((orgId: string, permission: ThreadPermission) => void) | null;
}

/** The organisations that take part in a thread, and what their people may do there. */
export function ThreadOrganisations({ organisations, onPermit }: ThreadOrganisationsProps) {
  return (
    <ul aria-label="Organisations in this thread" className="-mx-2 mb-1 border-b border-line pb-1">
      {organisations.map(({ id, name, state, permission, isHome, isOutside }) => (
        <li key={id} className="flex min-h-11 flex-wrap items-center gap-x-2.5 gap-y-1 rounded-md px-2 py-1.5">
          <span className="grid w-6.5 place-items-center">
            <OrganisationMark name={name} small />
          </span>
          <span className="min-w-0 flex-1">
            <span className={classNames('block truncate', isOutside && 'text-outside')}>{name}</span>
            {onPermit !== null && !isHome && state === 'active' ? null : (
              <span className="block truncate text-sm text-ink-3">
                {isHome ? 'Started this thread' : state === 'active' ? may[permission] : rests[state]}
              </span>
            )}
          </span>
          {onPermit === null || isHome ? null : (
            <span className="w-full pl-9">
              <PermissionChoice partner={name} value={permission} onChange={(next) => onPermit(id, next)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

const may = { post: 'May write', invite: 'May write and add colleagues' } as const;
const rests = {
  suspended: 'Only reads: the partnership rests',
  ended: 'Only reads: the partnership has ended',
} as const;
