import { InvitationEmail } from '../src/invitation.tsx';

export default function Invitation() {
  return (
    <InvitationEmail
      organisationName="Acme"
      invitedBy="Alice Okafor"
      email="bob@example.org"
      role="member"
      url="https://chat.example.org/invitation/3Qb4m2Jt0yU7n8Zx5cVwLrKpHs1dGf6aEoTqYiRuNj0"
      expiresAt={Date.UTC(2027, 0, 31, 17, 30)}
    />
  );
}
