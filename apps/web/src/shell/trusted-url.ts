/** Under Trusted Types only a named policy may say which script is run: those of this site's own, and no other. */
interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => {
    createScriptURL: (url: string) => string;
  };
}

const own = /^\/(?:service-worker|assets\/[\w.-]+)\.js$/;

const rules = {
  createScriptURL(url: string): string {
    if (!own.test(url)) throw new TypeError(`${url} is no script of ours.`);
    return url;
  },
};
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('parley', rules) ?? rules;

export const trustedUrl = (url: string): string => policy.createScriptURL(url);
