/** Rules, and families of rules, that a simulation of the engine cannot put to use, and why. Each is tested elsewhere. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  SCOPE1: 'about the shapes of a program’s rows',
  SCOPE4: 'about the roles of a program',
  GRP: 'about the groups of a program',
  RET: 'about how long a program keeps what it holds',
  DRAFT: 'about the drafts of a program',
  RCPT: 'about the receipts of a program',
  GONE1: 'about what is asked outside of the engine',
  CLI26: 'about how a program is loaded',
  CLI14: 'about objects in memory, which nobody sees',
  PUSH10: 'about what a program’s schemas do to text',
  DISK11: 'about a release that takes over from another one',
  DISK12: 'about how the adapter lays rows on disk',
  VER5: 'about a page that is loaded again',
  VER6: 'about what the adapter takes for an answer',
  BUS4: 'about the start of a process',
  BUS5: 'about a process without clients',
};
