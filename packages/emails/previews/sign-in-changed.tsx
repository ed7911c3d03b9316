import { SignInChangedEmail } from '../src/sign-in-changed.tsx';

export default function SignInChanged() {
  return (
    <SignInChangedEmail name="Alice Okafor" change="password" at={1_772_355_600_000} url="https://chat.example.org" />
  );
}
