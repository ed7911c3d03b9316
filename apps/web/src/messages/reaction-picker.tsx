import { IconButton, Popover } from '@parley/ui';
import { SmilePlus } from 'lucide-react';
import { lazy, Suspense } from 'react';

const EmojiPalette = lazy(() => import('./emoji-palette.tsx'));

/** A button that opens the board of emoji. */
export function ReactionPicker({ onPick, small = false }: { onPick: (emoji: string) => void; small?: boolean }) {
  return (
    <Popover
      label="React"
      align="end"
      trigger={(props) => (
        <IconButton label="React" size={small ? 'small' : 'medium'} {...props}>
          <SmilePlus size={small ? 15 : 16} />
        </IconButton>
      )}
    >
      {(close) => (
        <Suspense fallback={<div className="h-52 w-68" />}>
          <EmojiPalette
            onPick={(emoji) => {
              onPick(emoji);
              close();
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}
