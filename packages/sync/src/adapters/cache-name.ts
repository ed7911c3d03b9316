/** Of this release's cache, before the person's id. Its number is raised when what it holds changes shape: it is filled anew. */
export const CACHE = 'parley-cache-2';
