/** Always at hand, without loading anything. */
export const QUICK_EMOJI = ['👍', '❤️', '😄', '🎉', '👀', '✅'] as const;
