import { IconButton, Menu, type MenuItem } from '@parley/ui';
import {
  Bookmark,
  BookmarkX,
  CheckCheck,
  Copy,
  Ellipsis,
  Forward,
  Link,
  MailOpen,
  Pencil,
  Pin,
  PinOff,
  Reply,
  TextQuote,
  Trash2,
} from 'lucide-react';
import { useContext, useRef } from 'react';
import { useLogDoor } from './log-door.ts';
import { LogMarksContext } from './log-marks.ts';
import { selectionIn } from './quoted.ts';
import { QUICK_EMOJI } from './quick-emoji.ts';
import { ReactionPicker } from './reaction-picker.tsx';
import { isNote, messageSeq, type LogMessage } from './timeline.ts';

/** What can be done with one message, over the row's upper edge. */
export function MessageActions({ row }: { row: LogMessage }) {
  const door = useLogDoor();
  const { id, data } = row;
  const own = data.authorId === door.personId;
  // What leads out of an organisation, or among its partners, is not for notes.
  const note = isNote(row);
  const mayChange = note || door.mayWrite;
  const sent = messageSeq(row) !== null;
  const { pinByMessageId, saved } = useContext(LogMarksContext);
  const pinned = pinByMessageId.has(id);
  // Opening the menu takes the focus, and with it what was selected.
  const selected = useRef<string | null>(null);
  const items: MenuItem[] = [];
  if (own && !data.forwarded && mayChange)
    items.push({ label: 'Edit', icon: <Pencil size={15} />, onSelect: () => door.edit(id) });
  if (!note && door.mayWrite) {
    items.push({ label: 'Quote', icon: <TextQuote size={15} />, onSelect: () => door.quote(id, selected.current) });
  }
  if (sent) items.push({ label: 'Forward', icon: <Forward size={15} />, onSelect: () => door.forward(id) });
  if (sent && door.mayWrite)
    items.push({
      label: pinned ? 'Unpin' : 'Pin',
      icon: pinned ? <PinOff size={15} /> : <Pin size={15} />,
      onSelect: () => door.pin(id, !pinned),
    });
  if (sent)
    items.push({
      label: saved.has(id) ? 'Remove from saved' : 'Save',
      icon: saved.has(id) ? <BookmarkX size={15} /> : <Bookmark size={15} />,
      onSelect: () => door.save(id, !saved.has(id)),
    });
  items.push({ label: 'Copy text', icon: <Copy size={15} />, onSelect: () => door.copy(data.text, 'Text copied', id) });
  if (!note) {
    const copyLink = () => door.copy(door.linkTo(id), 'Link copied');
    items.push({ label: 'Copy link', icon: <Link size={15} />, onSelect: copyLink });
  }
  const { openReaders } = door;
  if (openReaders !== null && sent)
    items.push({ label: 'Who has seen this', icon: <CheckCheck size={15} />, onSelect: () => openReaders(id) });
  if (sent)
    items.push({
      label: 'Mark unread from here',
      icon: <MailOpen size={15} />,
      shortcut: 'U',
      onSelect: () => door.markUnread(id),
    });
  if (door.mayDelete(row)) {
    items.push({
      label: 'Delete',
      icon: <Trash2 size={15} />,
      danger: true,
      separated: true,
      onSelect: () => door.remove(id),
    });
  }
  return (
    <div
      role="toolbar"
      aria-label={note ? 'Note actions' : 'Message actions'}
      onPointerDownCapture={() => {
        selected.current = selectionIn(id);
      }}
      className="absolute -top-4 right-4 z-10 flex items-center rounded-lg border border-line bg-sheet p-0.5 shadow-float max-desk:right-2"
    >
      {(mayChange ? QUICK_EMOJI.slice(0, 3) : []).map((emoji) => (
        <IconButton
          key={emoji}
          label={`React with ${emoji}`}
          className="max-desk:hidden"
          aria-pressed={data.reactions[emoji]?.includes(door.personId) ?? false}
          onClick={() => door.react(id, emoji, !data.reactions[emoji]?.includes(door.personId))}
        >
          <span aria-hidden>{emoji}</span>
        </IconButton>
      ))}
      {mayChange ? <ReactionPicker onPick={(emoji) => door.react(id, emoji, true)} /> : null}
      {note || !door.mayWrite ? null : (
        <IconButton label="Reply" onClick={() => door.reply(id)}>
          <Reply size={16} />
        </IconButton>
      )}
      <Menu
        label="More actions"
        align="end"
        items={items}
        trigger={(props) => (
          <IconButton label="More actions" {...props}>
            <Ellipsis size={16} />
          </IconButton>
        )}
      />
    </div>
  );
}
