/** What others are told of a message: as many bytes as our row has. */
export const writtenMessage = (text: string) => ({
  id: crypto.randomUUID(),
  threadId: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'internal',
  authorId: '01890a5d-ac96-774b-bcce-b302099a8058',
  authorOrg: '01890a5d-ac96-774b-bcce-b302099a8059',
  ownerOrg: '01890a5d-ac96-774b-bcce-b302099a8059',
  text,
  replyTo: null,
  mentions: [],
  reactions: {},
  notice: null,
  createdAt: Date.now(),
  editedAt: null,
  revisions: 0,
  deletedAt: null,
});
