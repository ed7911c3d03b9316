import { QUICK_EMOJI } from './quick-emoji.ts';

/** Enough to react with; whoever wants another one types it in a message. */
const groups = [
  {
    name: 'Faces',
    emoji: ['😀', '😅', '😂', '🙂', '😉', '😍', '🤔', '😐', '😬', '😴', '😎', '🤯', '😢', '😡', '🥳', '🫡'],
  },
  { name: 'Hands', emoji: ['👎', '👌', '🙏', '👏', '🙌', '💪', '🤝', '✌️', '🤞', '👋', '☝️', '🫶'] },
  {
    name: 'Signs',
    emoji: ['❌', '❓', '❗', '💯', '🔥', '⭐', '💡', '⏳', '🚀', '🐛', '📌', '🔒', '☕', '🍰', '🏆', '💚'],
  },
] as const;

/** A small board of emoji; the six most used first. */
export default function EmojiPalette({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div className="flex w-68 flex-col gap-2">
      <Grid name="Often used" emoji={QUICK_EMOJI} onPick={onPick} />
      {groups.map((group) => (
        <Grid key={group.name} {...group} onPick={onPick} />
      ))}
    </div>
  );
}

function Grid(props: { name: string; emoji: readonly string[]; onPick: (emoji: string) => void }) {
  const { name, emoji, onPick } = props;
  return (
    <div role="group" aria-label={name} className="grid grid-cols-8">
      {emoji.map((one) => (
        <button
          key={one}
          type="button"
          aria-label={one}
          className="grid size-8 place-items-center rounded-md text-xl hover:bg-sunk"
          onClick={() => onPick(one)}
        >
          {one}
        </button>
      ))}
    </div>
  );
}
