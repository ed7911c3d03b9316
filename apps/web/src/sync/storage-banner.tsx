import { Banner } from '@parley/ui';
import { HardDrive } from 'lucide-react';
import type { StorageNotice } from './storage-notice.ts';

const words: Record<StorageNotice, { tone: 'bad' | 'neutral'; text: string }> = {
  full: {
    tone: 'bad',
    text: 'There is no space left on this device. What you write stays in the field; free some space to send it.',
  },
  unwritable: {
    tone: 'bad',
    text: 'This browser cannot keep what you write, so it stays in the field. It tries again by itself.',
  },
  memory: {
    tone: 'neutral',
    text: 'This browser keeps no copy of your messages just now: they cannot be read offline. What you write is kept.',
  },
  short: {
    tone: 'bad',
    text: 'Space on this device is running out, and something has not been sent yet. Free some space.',
  },
  forgetful: {
    tone: 'neutral',
    text: 'Safari deletes what waits here after seven days without a visit. Come back before, or add Parley to the Dock or Home Screen.',
  },
};

/** Says what this device cannot keep, or may lose, and what to do about it. */
export function StorageBanner({ notice }: { notice: StorageNotice }) {
  const { tone, text } = words[notice];
  return (
    <Banner tone={tone} icon={<HardDrive size={16} aria-hidden className="shrink-0" />}>
      {text}
    </Banner>
  );
}
