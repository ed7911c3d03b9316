import { SignInLinkEmail } from '../src/sign-in-link.tsx';

export default function SignInLink() {
  return (
    <SignInLinkEmail
      name="Alice Okafor"
      email="alice@example.org"
      url="https://chat.example.org/sign-in-link#token=3Qb4m2Jt0yU7n8Zx5cVwLrKpHs1dGf6aEoTqYiRuNj0"
      minutes={10}
    />
  );
}
