import { Button, Heading, Link, Text } from 'react-email';
import { dayOf } from './day-of.ts';
import { action, Frame, heading, paragraph, small } from './frame.tsx';
import { light } from './palette.ts';
import { renderEmail, type RenderedEmail } from './rendered-email.ts';

export interface PartnerInvitation {
  organisationName: string;
  invitedBy: string;
  /** The invited address. */
  email: string;
  url: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The mail that asks somebody to make their organisation a partner of another one. */
export const partnerInvitationEmail = (invitation: PartnerInvitation): Promise<RenderedEmail> =>
  renderEmail(
    `${invitation.organisationName} would like to be partners with you`,
    <PartnerInvitationEmail {...invitation} />,
  );

export function PartnerInvitationEmail({ organisationName, invitedBy, email, url, expiresAt }: PartnerInvitation) {
  return (
    <Frame
      organisationName={organisationName}
      preview={`${invitedBy} asks for your organisation. The link works once, until ${dayOf(expiresAt)}.`}
      footer={
        <>
          You get this mail because {invitedBy} entered {email} at {new URL(url).host}. If you do not know why, do
          nothing: nobody becomes a partner without the link, and no other mail follows.
        </>
      }
    >
      <Heading className="ink" as="h1" style={heading}>
        {organisationName} would like to be partners with you
      </Heading>
      <Text className="ink-2" style={paragraph}>
        {invitedBy} invites your organisation. As partners, people of both start threads with each other. Before you
        accept you see what {organisationName} will see of you, and choose for which organisation you speak.
      </Text>
      <Button className="action" href={url} style={action}>
        Look at the invitation
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
