import { LiveRegion, TooltipLayer } from '@parley/ui';
import { Outlet } from '@tanstack/react-router';
import { UpdateLine } from './update-line.tsx';

export function Root() {
  return (
    <>
      <Outlet />
      <UpdateLine />
      <TooltipLayer />
      <LiveRegion />
    </>
  );
}
