import { Button, Heading, Link, Text } from 'react-email';
import { action, Frame, heading, paragraph, small } from './frame.tsx';
import { light } from './palette.ts';
import { dayOf } from './day-of.ts';
import { renderEmail, type RenderedEmail } from './rendered-email.ts';

export interface Invitation {
  organisationName: string;
  /** Name of whoever invites; `null` when it was done on the command line. */
  invitedBy: string | null;
  /** The invited address. */
  email: string;
  role: 'owner' | 'admin' | 'member' | 'guest';
  url: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The mail with which somebody joins an organisation. */
export function invitationEmail(invitation: Invitation): Promise<RenderedEmail> {
  const { organisationName, invitedBy } = invitation;
  const subject = invitedBy
    ? `${invitedBy} invites you to ${organisationName}`
    : `You are invited to ${organisationName}`;
  return renderEmail(subject, <InvitationEmail {...invitation} />);
}

export function InvitationEmail({ organisationName, invitedBy, email, role, url, expiresAt }: Invitation) {
  return (
    <Frame
      organisationName={organisationName}
      preview={`${roleWords[role]} The link works once, until ${dayOf(expiresAt)}.`}
      footer={
        <>
          You get this mail because {invitedBy ?? 'somebody'} entered {email} at {new URL(url).host}. If you do not know
          why, do nothing: nobody joins without the link, and no other mail follows.
        </>
      }
    >
      <Heading className="ink" as="h1" style={heading}>
        {invitedBy ?? 'Somebody'} invites you to {organisationName}
      </Heading>
      <Text className="ink-2" style={paragraph}>
        The people of {organisationName} write to each other with Parley. {roleWords[role]}
      </Text>
      <Button className="action" href={url} style={action}>
        Accept the invitation
      </Button>
      <Text className="ink-2" style={{ ...paragraph, margin: '20px 0 12px' }}>
        The link works once, only for {email}, until {dayOf(expiresAt)}.
      </Text>
      <Text className="ink-3" style={small} data-skip-in-text>
        If the button does nothing, open this address:{' '}
        <Link href={url} style={{ color: light.ink3 }}>
          {url}
        </Link>
      </Text>
    </Frame>
  );
}

const roleWords: Readonly<Record<Invitation['role'], string>> = {
  owner: 'You join as an owner and may do everything.',
  admin: 'You join as an admin: you look after members and may delete messages of others.',
  member: 'You join as a member: you see everybody in the directory and start threads.',
  guest: 'You join as a guest: you see the threads you are added to, and nothing else.',
};
