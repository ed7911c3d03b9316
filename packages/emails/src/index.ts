export { invitationEmail, type Invitation } from './invitation.tsx';
export { MailFailed, type Mail, type Mailer } from './mailer/mailer.ts';
export { openMailer, type MailerOptions } from './mailer/open-mailer.ts';
export { partnerInvitationEmail, type PartnerInvitation } from './partner-invitation.tsx';
export { signInChangedEmail, type SignInChanged } from './sign-in-changed.tsx';
export { signInLinkEmail, type SignInLink } from './sign-in-link.tsx';
export type { RenderedEmail } from './rendered-email.ts';
