import { Button, Heading, Link, Text } from 'react-email';
import { action, Frame, heading, paragraph, small } from './frame.tsx';
import { light } from './palette.ts';
import { renderEmail, type RenderedEmail } from './rendered-email.ts';

export interface SignInLink {
  /** Of the person, as they are called. */
  name: string;
  email: string;
  url: string;
  /** Minutes for which the link works. */
  minutes: number;
}

/** The mail with which somebody signs in without their password. */
export function signInLinkEmail(link: SignInLink): Promise<RenderedEmail> {
  return renderEmail(`Sign in to ${new URL(link.url).host}`, <SignInLinkEmail {...link} />);
}

export function SignInLinkEmail({ name, email, url, minutes }: SignInLink) {
  const { host } = new URL(url);
  return (
    <Frame
      organisationName="Parley"
      preview={`The link works once, for ${minutes} minutes.`}
      footer={
        <>
          You get this mail because somebody entered {email} at {host}. If it was not you, do nothing: nobody gets in
          without this link.
        </>
      }
    >
      <Heading className="ink" as="h1" style={heading}>
        Sign in as {name}
      </Heading>
      <Text className="ink-2" style={paragraph}>
        Open the link in the browser in which you want to read your messages. It works once, for {minutes} minutes.
      </Text>
      <Button className="action" href={url} style={action}>
        Sign in
      </Button>
      <Text className="ink-3" style={{ ...small, marginTop: 20 }} data-skip-in-text>
        If the button does nothing, open this address:{' '}
        <Link href={url} style={{ color: light.ink3 }}>
          {url}
        </Link>
      </Text>
    </Frame>
  );
}
