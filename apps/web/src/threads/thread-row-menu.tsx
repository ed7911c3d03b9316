import { MenuAt, type MenuAnchor } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { continuingItems } from './continuing.tsx';
import { threadMenuItems } from './thread-acts.tsx';

export interface ThreadRowMenuProps {
  threadId: string;
  subject: string;
  unread: boolean;
  anchor: MenuAnchor | null;
  onClose: () => void;
}

/** What can be done with a thread, where it was pressed in the list. */
export function ThreadRowMenu({ threadId, subject, unread, anchor, onClose }: ThreadRowMenuProps) {
  const engine = useEngine();
  const personId = usePersonId();
  const navigate = useNavigate();
  const parts = { engine, personId, threadId };
  const items = [...threadMenuItems(parts, { unread, keys: true }), ...continuingItems(parts, navigate)];
  return <MenuAt label={`Menu of ${subject}`} items={items} anchor={anchor} onClose={onClose} />;
}
