import { userScope } from '@parley/core/scopes';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import { useSession } from './session.ts';

/** The name the person goes by: the one they chose last, on whatever device. */
export function useOwnName(): string {
  const session = useSession();
  const personId = usePersonId();
  const chosen = useRow(userScope(personId), 'settings', personId)?.data.name;
  return chosen ?? (session.state === 'signedIn' ? session.person.name : '');
}
