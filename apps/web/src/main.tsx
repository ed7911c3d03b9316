import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { currentSession } from './accounts/session.ts';
import { watchForUpdates } from './shell/app-update.ts';
import { keepInstallOffer } from './shell/install.ts';
import { loadAppFrame, router } from './shell/router.tsx';
import { paintWindow } from './shell/theme.ts';
import './styles.css';

// The usual start is somebody who was here before: the frame's code is fetched while React starts.
if (currentSession().state === 'signedIn') void loadAppFrame();
paintWindow();
keepInstallOffer();

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
createRoot(root).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);

watchForUpdates().catch(() => undefined);
