import { Heading, Text } from 'react-email';
import { Frame, heading, paragraph } from './frame.tsx';
import { renderEmail, type RenderedEmail } from './rendered-email.ts';

/** What changed of how somebody signs in, in words that follow "Your". */
const words = {
  password: 'password was changed',
  'two-step-on': 'two-step sign-in was turned on',
  'two-step-off': 'two-step sign-in was turned off',
  'recovery-codes': 'recovery codes were made anew',
  'passkey-added': 'account was given a passkey',
  'passkey-removed': 'account lost a passkey',
} as const;

export interface SignInChanged {
  /** Of the person, as they are called. */
  name: string;
  change: keyof typeof words;
  /** Milliseconds since 1970. */
  at: number;
  /** Origin under which people reach the installation. */
  url: string;
}

/** The mail that tells somebody of a change that, made by another, would let that one in. */
export function signInChangedEmail(change: SignInChanged): Promise<RenderedEmail> {
  return renderEmail(`Your ${words[change.change]}`, <SignInChangedEmail {...change} />);
}

export function SignInChangedEmail({ name, change, at, url }: SignInChanged) {
  const { host } = new URL(url);
  const time = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return (
    <Frame
      organisationName="Parley"
      preview={`At ${host}, ${time}.`}
      footer={<>You get this mail because you have an account at {host}.</>}
    >
      <Heading className="ink" as="h1" style={heading}>
        Your {words[change]}
      </Heading>
      <Text className="ink-2" style={paragraph}>
        {name}, this was done at {host} on {time}. If it was you, there is nothing to do.
      </Text>
      <Text className="ink-2" style={paragraph}>
        If it was not, sign in, sign out all other devices in the settings and choose another password. If you no longer
        get in, ask whoever runs {host} for a link.
      </Text>
    </Frame>
  );
}
