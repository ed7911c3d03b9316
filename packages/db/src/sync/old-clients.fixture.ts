/**
 * What clients of earlier releases say, word for word, with `<name>` in the place of ids. Never edited: a release adds
 * what the one before said.
 */
export const PROTOCOL_1 = {
  pull: `{"protocol":1,"personId":"<person>","clientId":"<client>","incarnation":null,
    "scopes":[{"scope":"user:<person>","from":null,"epoch":null},
      {"scope":"thread:<thread>","from":null,"epoch":null,"window":30}]}`,
  delta: `{"protocol":1,"personId":"<person>","clientId":"<client>","incarnation":"<incarnation>",
    "scopes":[{"scope":"thread:<thread>","from":1,"epoch":1,"window":30}]}`,
  page: `{"protocol":1,"personId":"<person>","clientId":"<client>","incarnation":"<incarnation>",
    "scope":"thread:<thread>","epoch":1,"before":2,"limit":100}`,
  live: `{"protocol":1,"personId":"<person>","clientId":"<client>"}`,
  /** A queue of that time: every act it knew. */
  push: `{"protocol":1,"personId":"<person>","clientId":"<client>","incarnation":"<incarnation>","mutations":[
    {"id":"<m1>","lane":"thread:<thread>","n":1,"name":"sendMessage","version":1,
      "args":{"threadId":"<thread>","messageId":"<message>","text":"Of the release before"},"at":1790000000000},
    {"id":"<m2>","lane":"thread:<thread>","n":2,"name":"editMessage","version":1,
      "args":{"threadId":"<thread>","messageId":"<message>","text":"Of the release before, edited"},"at":1790000000001},
    {"id":"<m3>","lane":"thread:<thread>","n":3,"name":"react","version":1,
      "args":{"threadId":"<thread>","messageId":"<message>","emoji":"👍","on":true},"at":1790000000002},
    {"id":"<m4>","lane":"thread:<thread>","n":4,"name":"sendMessage","version":1,
      "args":{"threadId":"<thread>","messageId":"<other>","text":"A reply","replyTo":"<message>"},"at":1790000000003},
    {"id":"<m5>","lane":"thread:<thread>","n":5,"name":"deleteMessage","version":1,
      "args":{"threadId":"<thread>","messageId":"<other>"},"at":1790000000004},
    {"id":"<m6>","lane":"thread:<thread>","n":6,"name":"renameThread","version":1,
      "args":{"threadId":"<thread>","subject":"Renamed"},"at":1790000000005},
    {"id":"<m7>","lane":"thread:<thread>","n":7,"name":"markRead","version":1,
      "args":{"threadId":"<thread>","seq":1,"markEpoch":0},"at":1790000000006},
    {"id":"<m8>","lane":"thread:<thread>","n":8,"name":"addParticipants","version":1,
      "args":{"threadId":"<thread>","orgId":"<org>","messageId":"<notice1>","personIds":["<colleague>"]},"at":1790000000007},
    {"id":"<m9>","lane":"thread:<thread>","n":9,"name":"removeParticipant","version":1,
      "args":{"threadId":"<thread>","messageId":"<notice2>","personId":"<colleague>"},"at":1790000000008},
    {"id":"<m10>","lane":"thread:<new>","n":1,"name":"createThread","version":1,
      "args":{"threadId":"<new>","orgId":"<org>","subject":"New","participantIds":["<colleague>"]},"at":1790000000009}]}`,
};

/** Fills the places in. */
export function spoken(text: string, ids: Readonly<Record<string, string>>): unknown {
  return JSON.parse(text.replaceAll(/<(\w+)>/g, (_, name: string) => ids[name] ?? name)) as unknown;
}
