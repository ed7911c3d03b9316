/** Where somebody goes who has signed in: back to the invitation that asked them to, or into the app. */
export const afterSignIn = (): string =>
  /^\/partner-invitation\/[\w-]+$/.exec(new URLSearchParams(location.search).get('next') ?? '')?.[0] ?? '/';
