/** As long as a message usually is. */
export const TEXT = 'Could you look at the plan for Tuesday before the others do? The second page is new.';
