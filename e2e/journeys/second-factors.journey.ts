import { expectAccessible } from '../accessibility.ts';
import { codeOf } from '../authenticator.ts';
import { expect, test } from '../journey.ts';
import type { Person } from '../person.ts';

const erin = { name: 'Erin Sato', email: 'erin.steps@acme.example', password: 'three blue lanterns' };
const frank = { name: 'Frank Ode', email: 'frank.keys@acme.example', password: 'seven paper boats' };

async function confirm(person: Person, action: string): Promise<void> {
  await person.page.getByLabel('Your password').fill(person.account.password);
  await person.page.getByRole('dialog').getByRole('button', { name: action }).click();
}

test('two steps: an app’s code, and a recovery code when the phone is lost', async ({ alice, visit }) => {
  const herself = await visit(erin);
  await herself.acceptInvitation(await alice.invite(erin));
  await herself.page.getByRole('link', { name: 'Settings' }).click();
  await herself.page.getByRole('button', { name: 'Turn on' }).click();
  await confirm(herself, 'Continue');
  const dialog = herself.page.getByRole('dialog', { name: 'Scan this with your app' });
  await expect(dialog.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
  await expectAccessible(herself.page, 'setting up the second step');
  const secret = (await dialog.getByRole('code').textContent()) ?? '';
  await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await expect(dialog.getByText('This code is not right, or it was used.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  const codes = herself.page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  await expectAccessible(herself.page, 'recovery codes');
  const recovery = (await codes.first().textContent()) ?? '';
  await herself.page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(herself.page.getByText('On. 10 recovery codes are left.')).toBeVisible();

  for (const code of [codeOf(secret, 1), recovery]) {
    const again = await visit(erin);
    await again.signIn();
    await expect(again.page.getByRole('heading', { name: 'One more step' })).toBeVisible();
    if (code !== recovery) await expectAccessible(again.page, 'the second step');
    await again.page.getByRole('textbox', { name: 'Code' }).fill(code);
    await again.page.getByRole('button', { name: 'Sign in' }).click();
    await again.expectInside();
  }
});

test('a passkey is added, named, signs in without a password, and is removed', async ({ alice, visit }) => {
  const himself = await visit(frank);
  await himself.acceptInvitation(await alice.invite(frank));
  const device = await himself.context.newCDPSession(himself.page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await himself.page.getByRole('link', { name: 'Settings' }).click();
  await himself.page.getByRole('button', { name: 'Add a passkey' }).click();
  await confirm(himself, 'Continue');
  await himself.page.getByLabel('Name', { exact: true }).fill('Work laptop');
  await expectAccessible(himself.page, 'naming a passkey');
  await himself.page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  const passkeys = himself.page.getByRole('list', { name: 'Passkeys' });
  await expect(passkeys).toContainText('Work laptop');

  await himself.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await himself.page.getByRole('button', { name: 'Use a passkey' }).click();
  await himself.expectInside();

  await himself.page.getByRole('link', { name: 'Settings' }).click();
  await expect(passkeys).toContainText('used');
  await himself.page.getByRole('button', { name: 'Remove Work laptop' }).click();
  await confirm(himself, 'Remove');
  await expect(passkeys).toHaveCount(0);
});
