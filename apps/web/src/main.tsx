import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { currentSession } from './accounts/session.ts';
import { watchForUpdates } from './shell/app-update.ts';
import { keepInstallOffer } from './shell/install.ts';
import { beginInside, router } from './shell/router.tsx';
import { paintWindow } from './shell/theme.ts';
import './styles.css';

paintWindow();
keepInstallOffer();
// The usual start is somebody who was here before. Without the frame there is nothing to draw, and React would hold the
// frame back once it had drawn that.
const session = currentSession();
const began = session.state === 'signedIn' ? beginInside(session.person.id) : Promise.resolve();
void began.then(() => {
  const root = document.getElementById('app');
  if (root === null) throw new Error('index.html has no #app');
  createRoot(root).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
});

watchForUpdates().catch(() => undefined);
